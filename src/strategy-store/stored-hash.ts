// The content hash of what a store holds, whatever its meta record says: reads every record.
import { ContentHash } from './content-hash.js';
import { MAX_RECORD_BYTES } from './codec/record.js';
import type { Generation } from './generation.js';
import { PhoneTable } from './phone-table.js';
import type { StrategySink } from './port.js';
import { RecordArena } from './record-arena.js';

/**
 * About a second and 68 MB a million records. A generation of record format 1 has a hash of another kind: compare those of 2 on.
 * @throws StoreUnavailableError
 */
export async function storedContentHash(sink: StrategySink, generation: Generation): Promise<string> {
  const arena = new RecordArena();
  const table = new PhoneTable();
  for await (const { phoneNumber, record } of sink.scan(generation)) {
    // What is too long to be a record is told from every record by its cut end.
    const length = Math.min(record.length, MAX_RECORD_BYTES);
    arena.open(length);
    record.copy(arena.chunk, arena.offset, 0, length);
    table.set(phoneNumber, arena.close(length));
  }
  const hash = new ContentHash(generation);
  let address = 0;
  const copy = (target: Buffer, offset: number): number => arena.copy(address, target, offset);
  for (const phoneNumber of table.sortedNumbers()) {
    address = table.get(phoneNumber);
    hash.add(phoneNumber, copy);
  }
  return hash.digest();
}
