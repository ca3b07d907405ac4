// Generates hostile and merely odd zips with their verdicts. No dependencies; Node >= 22.2 (zlib.crc32).
// usage: node generate.mjs OUTDIR [--big]     (--big also writes files > 5 MB)
import zlib from 'node:zlib'; import fs from 'node:fs'; import path from 'node:path';
const out = process.argv[2] ?? 'generated'; const BIG = process.argv.includes('--big');
fs.mkdirSync(out, { recursive: true });
const B = (s) => Buffer.isBuffer(s) ? s : Buffer.from(s, 'utf8');
const u16 = (n) => { const b = Buffer.alloc(2); b.writeUInt16LE(n & 0xffff); return b; };
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(Number(BigInt.asUintN(32, BigInt(n)))); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt.asUintN(64, BigInt(n))); return b; };
const extra = (id, data) => Buffer.concat([u16(id), u16(data.length), data]);
/** entry: name,data,method(0|8),flags,attr(unix mode),dosAttr,madeBy,  lies: usize,csize,crc,lfhName,lfhExtra,cdExtra,lfhUsize,lfhCsize,lfhMethod,offset,raw(comp bytes),comment,dd */
function zip(entries, o = {}) {
  const parts = []; let pos = 0; const push = (b) => { parts.push(b); pos += b.length; };
  if (o.prefix) push(B(o.prefix));
  const cds = [];
  for (const e of entries) {
    const name = B(e.name), data = B(e.data ?? ''); const method = e.method ?? (data.length ? 8 : 0);
    const comp = e.raw ?? (method === 8 ? zlib.deflateRawSync(data, { level: 9 }) : data);
    const crc = e.crc ?? zlib.crc32(data), usize = e.usize ?? data.length, csize = e.csize ?? comp.length;
    const flags = e.flags ?? (name.some((c) => c > 127) ? 0x800 : 0);
    const off = e.offset ?? pos; const lname = B(e.lfhName ?? e.name);
    const dt = e.dosTime ?? 0, dd = e.dosDate ?? 0x5a21;
    if (!e.noLocal) {
      push(Buffer.concat([B('PK\x03\x04'), u16(e.need ?? 20), u16(e.lfhFlags ?? flags), u16(e.lfhMethod ?? method), u16(dt), u16(dd), u32(e.lfhCrc ?? crc), u32(e.lfhCsize ?? csize), u32(e.lfhUsize ?? usize), u16(lname.length), u16((e.lfhExtra ?? Buffer.alloc(0)).length), lname, e.lfhExtra ?? Buffer.alloc(0), comp]));
      if (e.dd) push(Buffer.concat([B('PK\x07\x08'), u32(crc), u32(csize), u32(usize)]));
    }
    if (e.noCentral) continue;
    const ce = e.cdExtra ?? Buffer.alloc(0), cm = B(e.comment ?? '');
    const attr = e.attr !== undefined ? (e.attr << 16) >>> 0 : (e.dosAttr ?? 0);
    cds.push(Buffer.concat([B('PK\x01\x02'), u16(e.madeBy ?? (e.attr !== undefined ? 0x031e : 0x0014)), u16(e.need ?? 20), u16(flags), u16(method), u16(dt), u16(dd), u32(crc), u32(csize), u32(usize), u16(name.length), u16(ce.length), u16(cm.length), u16(e.disk ?? 0), u16(0), u32(attr), u32(off), name, ce, cm]));
  }
  if (o.gapBeforeCd) push(B(o.gapBeforeCd));
  const cdOff = pos; const cd = Buffer.concat(cds); push(cd);
  const n = o.count ?? cds.length;
  if (o.zip64) { const z = o.zip64; const recOff = pos; push(Buffer.concat([B('PK\x06\x06'), u64(44), u16(45), u16(45), u32(0), u32(0), u64(z.count ?? n), u64(z.count ?? n), u64(z.cdSize ?? cd.length), u64(z.cdOff ?? cdOff)])); push(Buffer.concat([B('PK\x06\x07'), u32(0), u64(z.recOff ?? recOff), u32(1)])); }
  const cm = B(o.comment ?? '');
  push(Buffer.concat([B('PK\x05\x06'), u16(o.disk ?? 0), u16(0), u16(o.zip64 && !o.zip64.mixed ? 0xffff : n), u16(o.zip64 && !o.zip64.mixed ? 0xffff : n), u32(o.zip64 && !o.zip64.mixed ? 0xffffffff : o.cdSize ?? cd.length), u32(o.zip64 && !o.zip64.mixed ? 0xffffffff : o.cdOff ?? cdOff), u16(o.commentLen ?? cm.length), cm]));
  if (o.suffix) push(B(o.suffix));
  let b = Buffer.concat(parts); if (o.truncate) b = b.subarray(0, b.length - o.truncate); if (o.patch) o.patch(b); return b;
}
const ok = { name: 'Model/ok.txt', data: 'good content\n' };
const manifest = [];
// verdict: REJECT = whole archive refused, nothing published, product marked 'archive unsafe', NOT re-downloaded automatically
//          SANITIZE = published with a documented renamed/skipped entry;  ACCEPT = published as is
function c(id, group, verdict, why, buf, note) { const f = `${id}.zip`; fs.writeFileSync(path.join(out, f), buf); manifest.push({ file: f, group, expect: verdict, why, size: buf.length, ...(note ? { note } : {}) }); }
const one = (name, x = {}) => zip([ok, { name, data: 'evil\n', ...x }]);
// ---- A paths
const A = 'A-path';
c('A01-dotdot-1', A, 'REJECT', '../ leaves the target', one('../evil-A01.txt'));
c('A02-dotdot-deep', A, 'REJECT', 'many ../', one('../'.repeat(12) + 'tmp/evil-A02.txt'));
c('A03-dotdot-middle', A, 'REJECT', 'a/../../ after normalise', one('a/b/../../../evil-A03.txt'));
c('A04-dotdot-inside', A, 'REJECT', '.. segment that stays inside: still refused', one('a/../evil-A04.txt'));
c('A05-absolute', A, 'REJECT', 'leading /', one('/evil-A05.txt'));
c('A06-absolute-double', A, 'REJECT', 'leading //', one('//evil-A06.txt'));
c('A07-drive', A, 'REJECT', 'C:/', one('C:/evil-A07.txt'));
c('A08-drive-relative', A, 'REJECT', 'C:evil (drive-relative)', one('C:evil-A08.txt'));
c('A09-backslash-dotdot', A, 'REJECT', '..\\..\\', one('..\\..\\evil-A09.txt'));
c('A10-backslash-abs', A, 'REJECT', '\\evil', one('\\evil-A10.txt'));
c('A11-unc', A, 'REJECT', '\\\\server\\share', one('\\\\127.0.0.1\\share\\evil-A11.txt'));
c('A12-device-ns', A, 'REJECT', '\\\\?\\C:\\', one('\\\\?\\C:\\evil-A12.txt'));
c('A13-mixed-slashes', A, 'REJECT', '..\\/..', one('a\\..\\/..\\/evil-A13.txt'));
c('A14-nul', A, 'REJECT', 'NUL in name', one('Model/a.txt\0.exe'));
c('A15-control', A, 'REJECT', 'newline / ESC in name', one('Model/a\n\x1b[31mb.txt'));
c('A16-empty-name', A, 'REJECT', 'zero-length name', one(''));
c('A17-dot-name', A, 'REJECT', 'name "."', one('.'));
c('A18-dotdot-name', A, 'REJECT', 'name ".."', one('..'));
c('A19-slash-only', A, 'REJECT', 'name "/"', one('/', { data: '' }));
c('A20-double-slash', A, 'REJECT', 'empty segment a//b', one('a//b.txt'));
c('A21-dot-segment', A, 'REJECT', './a/./b', one('./a/./b.txt'));
c('A22-dotdot-trailing-space', A, 'REJECT', '".. /" becomes .. on Windows', one('.. /evil-A22.txt'));
c('A23-dots-three', A, 'REJECT', '"..." segment (trailing dots stripped on Windows)', one('.../evil-A23.txt'));
c('A24-overlong-utf8', A, 'REJECT', 'invalid UTF-8 with flag 11 (overlong ../)', one(Buffer.concat([Buffer.from([0x2e, 0x2e, 0xc0, 0xaf]), B('evil-A24.txt')]), { flags: 0x800 }));
c('A25-invalid-utf8', A, 'REJECT', 'invalid UTF-8 bytes with flag 11', one(Buffer.from([0x4d, 0xff, 0xfe, 0x2e, 0x74]), { flags: 0x800 }));
c('A26-fullwidth-dots', A, 'ACCEPT', 'U+FF0E U+FF0E U+FF0F are plain characters; must NOT be NFKC-folded into ../', one('\uff0e\uff0e\uff0fevil-A26.txt'));
c('A27-percent', A, 'ACCEPT', '%2e%2e%2f is plain text; must not be URL-decoded', one('%2e%2e%2fevil-A27.txt'));
c('A28-cp437-slash-lookalike', A, 'ACCEPT', 'CP437 high bytes decode to accented chars', one(Buffer.from([0x82, 0x8a, 0x2e, 0x74, 0x78, 0x74]), { flags: 0 }));
c('A29-tilde', A, 'ACCEPT', '~ is not expanded', one('~/evil-A29.txt'));
c('A30-rtl-override', A, 'REJECT', 'U+202E bidi override hides extension', one('Model/txt.\u202eexe.blend'));
c('A31-name-65535', A, 'REJECT', 'name of 65535 bytes', one('a'.repeat(65535)));
c('A32-segment-256', A, 'REJECT', 'segment of 256 bytes (> NAME_MAX)', one('Model/' + 'b'.repeat(256)));
c('A33-segment-190', A, 'ACCEPT', 'segment of 190 bytes', one('M/' + 'b'.repeat(186) + '.txt'));
c('A37-segment-255', A, 'REJECT', 'segment of 255 bytes: legal on ext4 and NTFS, but over the 200-character path limit', one('M/' + 'b'.repeat(251) + '.txt'));
c('A34-depth-2000', A, 'REJECT', '2000 nested folders', one('d/'.repeat(2000) + 'f.txt'));
c('A35-path-300', A, 'REJECT', 'relative path of 300 chars (MAX_PATH 260 with library root)', one(('x'.repeat(58) + '/').repeat(5) + 'f.txt'), 'policy: limit relative path so that root+path <= 240 when the library is on Windows; SANITIZE is not acceptable because .blend files use relative paths');
c('A36-unicode-path-extra', A, 'REJECT', '0x7075 extra gives another name than the header (CRC of header name right)', (() => { const n = 'Model/innocent.txt', e = Buffer.concat([Buffer.from([1]), u32(zlib.crc32(B(n))), B('../evil-A36.txt')]); return one(n, { cdExtra: extra(0x7075, e), lfhExtra: extra(0x7075, e) }); })());
// ---- B Windows names
const W = 'B-windows-name';
for (const [i, n] of ['CON', 'nul.txt', 'aux.blend', 'COM1.png', 'lpt9', 'com\u00b9.txt', 'CONIN$', 'PRN .txt', 'nul.tar.gz', 'dir/CON/x.txt', 'clock$'].entries()) c(`B${String(i + 1).padStart(2, '0')}-reserved`, W, 'REJECT', `reserved device name ${JSON.stringify(n)}`, one(n));
for (const [i, [n, w]] of [['file.', 'trailing dot'], ['file ', 'trailing space'], ['dir./x.txt', 'folder with trailing dot'], ['dir /x.txt', 'folder with trailing space'], ['a:b.txt', 'colon: NTFS alternate data stream'], ['Model/ok.txt:evil', 'ADS on an existing file'], ['Model/ok.txt::$DATA', 'ADS alias of an existing file'], ['a?b.txt', '?'], ['a*b.txt', '*'], ['a"b.txt', 'quote'], ['a<b>.txt', '<>'], ['a|b.txt', 'pipe'], ['PROGRA~1/x.txt', '8.3 short name form'], ['desktop.ini', 'shell-active file'], ['autorun.inf', 'shell-active file'], ['.DS_Store', 'mac metadata'], ['__MACOSX/._x', 'AppleDouble'], ['Thumbs.db', 'junk']].entries()) c(`B${i + 20}-${w.replace(/[^a-z0-9]+/gi, '-').slice(0, 24)}`, W, i >= 12 && i !== 12 ? 'SANITIZE' : i === 12 ? 'ACCEPT' : 'REJECT', w, one(n), i >= 13 ? 'entry skipped, the rest published' : undefined);
// ---- C collisions
const C = 'C-collision';
c('C01-case', C, 'REJECT', 'Tex.png and tex.png', zip([{ name: 'Tex.png', data: '1' }, { name: 'tex.png', data: '2' }]));
c('C02-case-folder', C, 'REJECT', 'Maps/a and maps/a', zip([{ name: 'Maps/a', data: '1' }, { name: 'maps/a', data: '2' }]));
c('C03-case-folder-merge', C, 'REJECT', 'Maps/a and maps/b: merge on Windows, split on Linux', zip([{ name: 'Maps/a', data: '1' }, { name: 'maps/b', data: '2' }]), 'policy choice; could be ACCEPT with canonical folder case, must be the same on all systems');
c('C04-nfc-nfd', C, 'REJECT', 'NFC and NFD of the same name', zip([{ name: 'caf\u00e9.txt', data: '1' }, { name: 'cafe\u0301.txt', data: '2' }]));
c('C05-duplicate', C, 'REJECT', 'same name twice, different data', zip([{ name: 'a.txt', data: '1' }, { name: 'a.txt', data: '2' }]));
c('C06-file-then-dir', C, 'REJECT', 'a is a file and also a folder', zip([{ name: 'a', data: '1' }, { name: 'a/b', data: '2' }]));
c('C07-dir-then-file', C, 'REJECT', 'a/ folder then a file', zip([{ name: 'a/', data: '' }, { name: 'a', data: '2' }]));
c('C08-sharp-s', C, 'REJECT', 'stra\u00dfe / STRASSE: full case folding', zip([{ name: 'stra\u00dfe.txt', data: '1' }, { name: 'STRASSE.txt', data: '2' }]), 'node-tar CVE-2026-23950 class; APFS folds these');
c('C09-turkish-i', C, 'REJECT', 'k / Kelvin sign U+212A', zip([{ name: 'k.txt', data: '1' }, { name: '\u212a.txt', data: '2' }]));
c('C10-zero-width', C, 'REJECT', 'HFS+ ignorable U+200C in name', zip([{ name: 'a.txt', data: '1' }, { name: 'a\u200c.txt', data: '2' }]));
c('C11-dot-variant', C, 'REJECT', 'a/x and a/./x', zip([{ name: 'a/x', data: '1' }, { name: 'a/./x', data: '2' }]));
c('C12-own-marker', C, 'REJECT', 'archive carries a file name of our own', zip([ok, { name: 'Model/.asset.json', data: '{"format":1}' }]));
c('C13-catalog', C, 'SANITIZE', 'archive carries blender_assets.cats.txt', zip([ok, { name: 'blender_assets.cats.txt', data: 'VERSION 1\n\nbroken\n' }]), 'never merged blindly into the library root catalog');
// ---- D types
const D = 'D-type';
c('D01-symlink-abs', D, 'REJECT', 'symlink to /etc/passwd', zip([ok, { name: 'link', data: '/etc/passwd', method: 0, attr: 0o120777 }]));
c('D02-symlink-rel-out', D, 'REJECT', 'symlink to ../../..', zip([ok, { name: 'link', data: '../../..', method: 0, attr: 0o120777 }]));
c('D03-symlink-then-write', D, 'REJECT', 'dir symlink then file through it', zip([{ name: 'd', data: '/var/evil', method: 0, attr: 0o120777 }, { name: 'd/evil-D03.txt', data: 'evil' }]));
c('D04-symlink-file-twin', D, 'REJECT', 'symlink and regular file with the same name', zip([{ name: 'moo', data: '/var/evil/evil-D04', method: 0, attr: 0o120777 }, { name: 'moo', data: 'evil', attr: 0o100644 }]));
c('D05-symlink-chain', D, 'REJECT', 'cur->. par->cur/.. par/evil', zip([{ name: 'cur', data: '.', method: 0, attr: 0o120777 }, { name: 'par', data: 'cur/..', method: 0, attr: 0o120777 }, { name: 'par/evil-D05', data: 'evil' }]));
c('D06-symlink-inside', D, 'REJECT', 'symlink that stays inside: still refused', zip([ok, { name: 'link', data: 'Model/ok.txt', method: 0, attr: 0o120777 }]));
c('D07-symlink-huge-target', D, 'REJECT', 'symlink target of 1 MiB', zip([ok, { name: 'link', data: 'A'.repeat(1 << 20), attr: 0o120777 }]));
c('D08-symlink-compressed', D, 'REJECT', 'symlink with deflated target', zip([ok, { name: 'link', data: '/etc/passwd', method: 8, attr: 0o120777 }]));
c('D09-fifo', D, 'ACCEPT', 'FIFO mode bits: Info-ZIP sets them for entries read from a pipe (10 public samples); written as a regular file, never as a FIFO', one('pipe', { attr: 0o010644 })); c('D10-chardev', D, 'REJECT', 'char device mode', one('dev', { attr: 0o020666 })); c('D11-blockdev', D, 'REJECT', 'block device', one('dev', { attr: 0o060666 })); c('D12-socket', D, 'REJECT', 'socket mode', one('sock', { attr: 0o140777 }));
c('D13-setuid', D, 'ACCEPT', 'setuid bits ignored: file written 0644 minus umask', one('Model/tool', { attr: 0o104755 }));
c('D14-mode-000', D, 'ACCEPT', 'mode 000 ignored: file readable by owner', one('Model/x', { attr: 0o100000 }));
c('D15-dir-with-data', D, 'REJECT', 'name ends in / but has data', one('dir/', { data: 'payload' }));
c('D16-dir-by-dosattr', D, 'REJECT', 'no slash but DOS directory bit set, with data', one('dirattr', { dosAttr: 0x10 }), 'type ambiguity: parsers disagree');
c('D17-symlink-macos-host', D, 'REJECT', 'symlink mode with host 19 (OS X)', one('link', { data: '/etc/passwd', attr: 0o120777, madeBy: 0x131e }));
c('D18-symlink-dos-host', D, 'REJECT', 'symlink mode bits but host 0 (DOS): mode bits checked whatever the host says', one('link', { data: '/etc/passwd', attr: 0o120777, madeBy: 0x0014 }));
c('D19-executable-ext', D, 'SANITIZE', '.exe .bat .py .lnk .scr .sh payloads', zip([ok, ...['run.exe', 'run.bat', 'startup.py', 'x.lnk', 'y.scr', 'z.sh', 'q.url'].map((n) => ({ name: 'Model/' + n, data: 'x', attr: 0o100755 }))]), 'policy: publish only an allow-list of asset types or at least never with +x; report skipped');
c('D20-nested-zip', D, 'ACCEPT', 'inner zip is a plain file: never unpacked', one('inner.zip', { data: zip([{ name: '../x', data: '1' }]) }));
// ---- E sizes and bombs
const E = 'E-size';
const zeros = (n) => Buffer.alloc(n);
c('E01-ratio-10MB', E, 'ACCEPT', '10 MB of zeros, ratio ~1000:1 is legitimate for flat textures', one('Model/flat.exr', { data: zeros(10 << 20) }));
c('E02-lie-small', E, 'REJECT', 'declares 10 bytes, inflates to 10 MB', one('a.bin', { data: zeros(10 << 20), usize: 10 }));
c('E03-lie-large', E, 'REJECT', 'declares 10 MB, has 10 bytes', one('a.bin', { data: zeros(10), usize: 10 << 20 }));
c('E04-declared-1TB', E, 'REJECT', 'zip64 declares 1 TiB', zip([ok, { name: 'a', data: 'x', method: 8, usize: 0xffffffff, csize: 0xffffffff, cdExtra: extra(1, Buffer.concat([u64(1n << 40n), u64(3n)])) }]), 'refused from the header, before the first byte is written');
c('E05-declared-2e63', E, 'REJECT', 'zip64 declares 2^63', zip([ok, { name: 'a', data: 'x', method: 8, usize: 0xffffffff, cdExtra: extra(1, u64(1n << 63n)) }]));
c('E06-sum-declared', E, 'REJECT', '3000 entries x 4 GiB-1 declared: sum check in BigInt/Number safe range', zip(Array.from({ length: 3000 }, (_, i) => ({ name: `f${i}`, data: 'x', usize: 0xfffffffe }))));
c('E07-100k-entries', E, 'REJECT', '100,000 empty entries', zip(Array.from({ length: 100000 }, (_, i) => ({ name: `f${i}`, data: '' })), { zip64: {} }), 'limit e.g. 20,000 entries');
c('E08-count-lies-high', E, 'REJECT', 'EOCD says 3, has 2', zip([ok, { name: 'b', data: 'b' }], { count: 3 }));
c('E09-count-lies-low', E, 'REJECT', 'EOCD says 1, has 2', zip([ok, { name: 'b', data: 'b' }], { count: 1 }));
c('E10-count-modulo', E, 'REJECT', '65,537 entries, EOCD says 1 (modulo 65536)', zip(Array.from({ length: 65537 }, (_, i) => ({ name: `f${i}`, data: '' })), { count: 1 }));
// full overlap (all CD entries -> one local header)
{ const k = zlib.deflateRawSync(zeros(10 << 20), { level: 9 }); const crc = zlib.crc32(zeros(10 << 20)); const first = { name: 'f000', raw: k, method: 8, usize: 10 << 20, crc }; c('E11-overlap-full', E, 'REJECT', '250 entries share one local header, 2.5 GB out of 23 kB (Fifield full overlap)', zip([first, ...Array.from({ length: 249 }, (_, i) => ({ name: `f${String(i + 1).padStart(3, '0')}`, raw: k, method: 8, usize: 10 << 20, crc, offset: 0, noLocal: true }))])); }
// quoted overlap
{ const N = 200, size = 10 << 20; let body = zlib.deflateRawSync(zeros(size), { level: 9 }); let prefixHdrs = Buffer.alloc(0); const ents = []; const zcrc = zeros(size);
  let usize = size; const list = [];
  for (let i = N - 1; i >= 0; i--) { const crc = zlib.crc32(zcrc, zlib.crc32(prefixHdrs)); const name = B(`q${String(i).padStart(3, '0')}`); const lfh = Buffer.concat([B('PK\x03\x04'), u16(20), u16(0), u16(8), u16(0), u16(0x5a21), u32(crc), u32(body.length), u32(usize), u16(name.length), u16(0), name]); list.unshift({ name, crc, csize: body.length, usize, lfh }); if (i > 0) { body = Buffer.concat([Buffer.from([0]), u16(lfh.length), u16(~lfh.length), lfh, body]); prefixHdrs = Buffer.concat([lfh, prefixHdrs]); usize += lfh.length; } }
  const file = Buffer.concat([list[0].lfh, body]); let off = 0; const cds = [];
  for (const e of list) { cds.push(Buffer.concat([B('PK\x01\x02'), u16(20), u16(20), u16(0), u16(8), u16(0), u16(0x5a21), u32(e.crc), u32(e.csize), u32(e.usize), u16(e.name.length), u16(0), u16(0), u16(0), u16(0), u32(0), u32(off), e.name])); off += e.lfh.length + 5; }
  const cd = Buffer.concat(cds); c('E12-overlap-quoted', E, 'REJECT', `${N} entries, quoted overlap, ~2 GB out of ${Math.round((file.length + cd.length) / 1000)} kB; every CRC and size is right`, Buffer.concat([file, cd, B('PK\x05\x06'), u16(0), u16(0), u16(N), u16(N), u32(cd.length), u32(file.length), u16(0)])); }
{ let z = zip([{ name: '0.bin', data: zeros(4 << 20) }]); for (let i = 1; i <= 5; i++) z = zip(Array.from({ length: 8 }, (_, j) => ({ name: `${i}-${j}.zip`, data: z }))); c('E13-nested-8pow5', E, 'ACCEPT', '8^5 nested zips (137 GB if unpacked recursively): one level only', z); }
if (BIG) { const k = zlib.deflateRawSync(zeros(1 << 30), { level: 9 }); c('E14-10GB-honest', E, 'REJECT', '10 entries x 1 GiB zeros, honest sizes, no overlap, 10 MB file: over the free-space/limit check', zip(Array.from({ length: 10 }, (_, i) => ({ name: `z${i}`, raw: k, method: 8, usize: 1 << 30, crc: zlib.crc32(zeros(1 << 30)) })))); }
c('E15-stored-mismatch', E, 'REJECT', 'stored, compressed != uncompressed size', one('a', { method: 0, usize: 4 }));
c('E16-negative-like', E, 'REJECT', 'compressed size 0xFFFFFFFE beyond file', one('a', { csize: 0xfffffffe }));
c('E17-cd-offset-out', E, 'REJECT', 'central directory offset beyond file', zip([ok], { cdOff: 0x7fffffff }));
c('E18-cd-size-huge', E, 'REJECT', 'central directory size 0xFFFFFFF0 (no allocation by declared size)', zip([ok], { cdSize: 0xfffffff0 }));
c('E19-zip64-count-huge', E, 'REJECT', 'zip64 count 2^40: no pre-allocation', zip([ok], { zip64: { count: 1n << 40n } }));
c('E20-entry-past-cd', E, 'REJECT', 'entry data reaches into the central directory', zip([ok, { name: 'a', data: 'x', method: 0, csize: 120, usize: 120 }]));
// ---- F integrity and ambiguity
const F = 'F-integrity';
c('F01-crc', F, 'REJECT', 'CRC wrong, sizes right (yauzl does not check it)', one('a', { crc: 0xdeadbeef }));
c('F02-bitflip', F, 'REJECT', 'one flipped bit in stored data', zip([{ name: 'a', data: 'x'.repeat(1000), method: 0 }], { patch: (b) => { b[500] ^= 1; } }));
for (const [i, n] of [[3, 1], [4, 22], [5, 60], [6, 120]]) c(`F0${i}-truncated-${n}`, F, 'REJECT', `last ${n} bytes missing: must be 'download incomplete', not 'archive bad'`, zip([ok, { name: 'b', data: 'b'.repeat(100), method: 0 }], { truncate: n }));
c('F07-empty-file', F, 'REJECT', 'zero bytes', Buffer.alloc(0)); c('F08-html', F, 'REJECT', 'an HTML error page saved as zip', B('<!doctype html><title>Sign in</title>')); c('F09-empty-zip', F, 'REJECT', 'valid zip without entries: a product with no files is an error', zip([]));
c('F10-lfh-name-differs', F, 'REJECT', 'local name ../evil, central name innocent', one('Model/innocent', { lfhName: '../evil-F10' }));
c('F11-lfh-method-differs', F, 'REJECT', 'local header method stored, central deflated', one('Model/m', { lfhMethod: 0 }));
c('F12-lfh-sizes-differ', F, 'REJECT', 'local sizes differ (no data descriptor)', one('Model/m', { lfhUsize: 1, lfhCsize: 1 }));
c('F13-no-central', F, 'REJECT', 'local entry missing from the central directory (hidden payload)', zip([ok, { name: 'hidden.py', data: 'x', noCentral: true }]));
c('F14-no-local', F, 'REJECT', 'central entry pointing at garbage', zip([ok, { name: 'ghost', data: 'x', noLocal: true, offset: 5 }]));
c('F15-eocd-in-comment', F, 'REJECT', 'second end record inside the comment', (() => { const inner = zip([{ name: 'evil.py', data: 'x' }]); return zip([ok], { comment: inner.subarray(inner.length - 22) }); })());
c('F16-zip-in-comment', F, 'REJECT', 'whole zip inside the comment', zip([ok], { comment: zip([{ name: 'evil.py', data: 'x' }]) }));
c('F17-concatenated', F, 'REJECT', 'two zips one after the other, absolute offsets of the second not adjusted', Buffer.concat([zip([{ name: 'first', data: '1' }]), zip([{ name: 'second', data: '2' }])]));
c('F18-prefix-sfx', F, 'REJECT', 'program stub before the zip, offsets adjusted', zip([ok], { prefix: 'MZ' + 'x'.repeat(500) }), 'ACCEPT is also defensible: decide once');
c('F19-suffix', F, 'REJECT', 'bytes after the end record', zip([ok], { suffix: 'trailing garbage' }));
c('F20-comment-65535', F, 'ACCEPT', 'comment of maximal length', zip([ok], { comment: 'c'.repeat(65535) }));
c('F21-gap', F, 'ACCEPT', '1 MB unused gap before the central directory', zip([ok], { gapBeforeCd: Buffer.alloc(1 << 20, 0x41) }));
c('F22-encrypted', F, 'REJECT', 'flag bit 0 set', one('secret', { flags: 1 })); c('F23-strong-enc', F, 'REJECT', 'flag bit 6', one('secret', { flags: 0x41 })); c('F24-cd-encrypted', F, 'REJECT', 'flag bit 13 (masked local header)', one('x', { flags: 0x2001 }));
for (const [i, m] of [[25, 9], [26, 12], [27, 14], [28, 93], [29, 95], [30, 1], [31, 99], [32, 20]]) c(`F${i}-method-${m}`, F, 'REJECT', `compression method ${m} (9 deflate64, 12 bzip2, 14 lzma, 93/20 zstd, 95 xz, 1 shrink, 99 AES)`, one('x', { raw: B('abcdef'), method: m, usize: 6 }), 'clear message "unsupported compression"; the user still has the zip');
c('F33-multidisk', F, 'REJECT', 'disk number 1', zip([ok], { disk: 1 })); c('F34-dd', F, 'ACCEPT', 'data descriptor (streamed zip), local sizes 0', one('Model/s.txt', { flags: 8, dd: true, lfhCrc: 0, lfhCsize: 0, lfhUsize: 0 }));
c('F35-dd-in-data', F, 'ACCEPT', 'stored+descriptor whose content looks like a descriptor (yauzl README example)', one('Model/s.bin', { data: Buffer.concat([B('PK\x07\x08'), zeros(12)]), method: 0, flags: 8, dd: true, lfhCrc: 0, lfhCsize: 0, lfhUsize: 0 }));
c('F36-deflate-garbage', F, 'REJECT', 'not a deflate stream', one('x', { raw: Buffer.from([0xff, 0xff, 0xff]), method: 8, usize: 5 }));
c('F37-deflate-trailing', F, 'REJECT', 'bytes after the end of the deflate stream inside compressedSize', one('x', { raw: Buffer.concat([zlib.deflateRawSync(B('evil\n')), B('HIDDEN')]), method: 8 }));
c('F38-extra-overrun', F, 'REJECT', 'extra field longer than its block', one('x', { cdExtra: Buffer.from([0x55, 0x54, 0xff, 0x00, 1]) })); c('F39-date-zero', F, 'ACCEPT', 'DOS date 0 / month 0', one('Model/x', { dosDate: 0, dosTime: 0xffff })); c('F40-date-2107', F, 'ACCEPT', 'DOS date in 2107', one('Model/x', { dosDate: 0xffff & ((127 << 9) | (12 << 5) | 31) }));
c('F41-zip64-only-mixed', F, 'REJECT', 'EOCD and zip64 record disagree on count', zip([ok, { name: 'b', data: '1' }], { zip64: { count: 1, mixed: true } })); c('F42-zip64-valid', F, 'ACCEPT', 'valid zip64 records', zip([ok], { zip64: {} }));
c('F43-crlf-log', F, 'REJECT', 'file name that forges log lines', one('x\r\n{"level":"info","msg":"forged"}')); c('F44-script-name', F, 'ACCEPT', 'file name with HTML: escaped in the web page', one("Model/&lt;img src=x onerror=alert(1)&gt;'.txt".replaceAll('&lt;', '(').replaceAll('&gt;', ')')));
fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(manifest, null, 1));
const by = {}; for (const m of manifest) { (by[m.group] ??= {})[m.expect] = (by[m.group][m.expect] ?? 0) + 1; } console.log(manifest.length, 'cases', by);
