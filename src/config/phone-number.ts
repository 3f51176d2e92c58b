// Telephone numbers as carriers write them, to E.164. National forms need the country of the trunk.
import { LRUCache } from 'lru-cache';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

const globalNumber = /^\+[1-9][0-9]{6,14}$/;
const visualSeparators = /[-.() \u00a0]/g;
const dialString = /^\+?[0-9]{2,32}$/;

const normalised = new LRUCache<string, { readonly phone: string | undefined }>({ max: 20_000 });

/**
 * The E.164 form of a number, or undefined when it is none: a name, a short extension, too long.
 * A number that begins with `+` is taken as it is; any other is read as dialled in `country` (ISO 3166, such as `US`).
 * A number must be possible (its length), not assigned: test ranges such as 555-0100 are numbers too.
 * @param phoneContext RFC 3966 5.1.5: a context that begins with `+` is put before the number; a domain says nothing.
 */
export function normaliseNumber(text: string, country: string, phoneContext?: string): string | undefined {
  if (globalNumber.test(text)) return text;
  const digits = text.replace(visualSeparators, '');
  if (globalNumber.test(digits)) return digits;
  if (!dialString.test(digits)) return undefined;
  if (phoneContext?.startsWith('+') === true && !digits.startsWith('+')) {
    const whole = phoneContext.replace(visualSeparators, '') + digits;
    return globalNumber.test(whole) ? whole : undefined;
  }
  const key = `${country}${digits}`;
  const known = normalised.get(key);
  if (known !== undefined) return known.phone;
  const phone = parseNational(digits, country);
  normalised.set(key, { phone });
  return phone;
}

function parseNational(digits: string, country: string): string | undefined {
  if (!isSupportedCountry(country)) return undefined;
  const number = parsePhoneNumberFromString(digits, country);
  return number?.isPossible() === true ? number.number : undefined;
}
