// What a first page downloads for the SDK, and the part that holds the parser up.

const sum = (files, size) => files.reduce((total, file) => total + size(file), 0);

export const transfer = {
  name: 'transfer',
  title: 'Transfer: what a first page downloads',
  turns: 1,
  gapMs: 0,
  together: 1,
  applies: ({ files }) => files.length > 0,
  measure: (_bench, { files }) => {
    const blocking = files.filter((file) => file.blocking);
    return {
      raw: sum(files, (file) => file.raw.length),
      gzip: sum(files, (file) => file.gzipBytes),
      brotli: sum(files, (file) => file.brotli.length),
      blocking: sum(blocking, (file) => file.brotli.length),
    };
  },
  figures: [
    { key: 'raw_bytes', from: 'raw', title: 'raw, bytes' },
    { key: 'gzip_bytes', from: 'gzip', title: 'gzip -9' },
    { key: 'brotli_bytes', from: 'brotli', title: 'brotli -q 11' },
    { key: 'blocking_brotli_bytes', from: 'blocking', title: 'of it blocking, brotli' },
  ],
};
