// Which passwords a person may choose: NIST SP 800-63B 5.1.1.2, so no rules of composition, but length and what everybody tries first.

export const shortestPassword = 10;
export const longestPassword = 256;

/** Of ten characters and more, as published lists of leaked passwords have them most often; the ends of digits count as the word. */
const common = new Set(
  `password password1 passw0rd passwort contraseña contrasena qwertyuiop qwerty qwertz asdfghjkl zxcvbnm 1qaz2wsx 1q2w3e4r5t 1q2w3e4r
  q1w2e3r4t5 qazwsxedc zaq12wsx letmein welcome welcome1 iloveyou sunshine princess football baseball superman batman trustno1 dragon
  monkey master shadow michael jennifer computer internet starwars whatever administrator admin administrador changeme changeit
  default secret guest proffer callcenter callcentre liverpool charlie jordan abcdef abcdefg abcdefghij abc123 abcd1234 summer winter
  spring autumn verano invierno hello bonjour hola tequiero estrella barcelona realmadrid temporary testtest testing temp1234`
    .split(/\s+/)
    .filter((one) => one !== ''),
);

/** Why the password is refused; undefined when it is good. */
export function passwordFault(password: string, agent: string, name: string): string | undefined {
  const text = password.normalize('NFKC');
  const { length } = Array.from(text);
  if (length < shortestPassword) return `the password must have at least ${shortestPassword} characters`;
  if (length > longestPassword) return `the password must have at most ${longestPassword} characters`;
  const plain = bare(text);
  if (plain === '' || new Set(text.toLowerCase()).size < 4)
    return 'the password has too few different characters';
  if (isCommon(plain)) return 'the password is one of those that are guessed first';
  const names = [agent, name, ...name.split(/\s+/)].map(bare).filter((one) => one.length >= 3);
  if (names.includes(plain) || names.some((one) => plain === one + one))
    return 'the password must not be your name';
  return undefined;
}

/** Small letters and digits, without what people put at the ends of a word. */
function bare(text: string): string {
  const word = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return /^\d+$/.test(word) ? word : word.replace(/^\d+|\d+$/g, '');
}

function isCommon(plain: string): boolean {
  if (common.has(plain)) return true;
  const half = plain.slice(0, plain.length / 2);
  if (half + half === plain && (common.has(half) || half.length < 4)) return true;
  return '01234567890123456789'.includes(plain) || '98765432109876543210'.includes(plain);
}
