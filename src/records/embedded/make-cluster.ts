// Makes the cluster of the embedded database, in a process that ends with that. Argument: the directory.
import { PGlite } from '@electric-sql/pglite';

// Whoever wanted it has gone: what is half made is removed by the next start.
if (process.connected) process.on('disconnect', () => process.exit(1));
const database = await PGlite.create({ dataDir: process.argv[2] ?? '' });
await database.close();
process.exit(0);
