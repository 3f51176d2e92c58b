// WAV files: RIFF, linear PCM of 16 bits, mono, 8000 samples a second. Nothing else is read.

/** @returns the samples, or undefined when the bytes are no such file */
export function parseWav(bytes: Buffer): Int16Array | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    return undefined;
  let isPlayable = false;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (id === 'fmt ') isPlayable = isPlain(body);
    if (id === 'data') return isPlayable ? samplesOf(body) : undefined;
    at += 8 + size + (size % 2);
  }
  return undefined;
}

function isPlain(format: Buffer): boolean {
  if (format.length < 16) return false;
  const [pcm, channels, rate, bits] = [
    format.readUInt16LE(0),
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ];
  return pcm === 1 && channels === 1 && rate === 8000 && bits === 16;
}

function samplesOf(data: Buffer): Int16Array {
  const samples = new Int16Array(Math.floor(data.length / 2));
  for (let i = 0; i < samples.length; i++) samples[i] = data.readInt16LE(2 * i);
  return samples;
}
