// Strings in files: strings/LANGUAGE/PAGE.json, loaded with the page. `useT('desk')` reads those of a page.
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

export const languages = { en: 'English', es: 'Español' } as const;
export type Language = keyof typeof languages;

const files = import.meta.glob<{ default: object }>('../strings/*/*.json');

function firstLanguage(): Language {
  const wanted = [
    localStorage.getItem('language') ?? '',
    ...navigator.languages.map((one) => one.slice(0, 2)),
  ];
  return (wanted.find((one) => one in languages) ?? 'en') as Language;
}

export async function startI18n(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use({
      type: 'backend',
      read: (
        language: string,
        namespace: string,
        done: (error: Error | null, data: object | null) => void,
      ) => {
        const load = files[`../strings/${language}/${namespace}.json`];
        if (load === undefined) done(new Error(`no strings ${language}/${namespace}`), null);
        else
          load().then(
            ({ default: strings }) => done(null, strings),
            (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
          );
      },
    })
    .init({
      lng: firstLanguage(),
      fallbackLng: 'en',
      ns: ['app'],
      defaultNS: 'app',
      fallbackNS: 'app',
      interpolation: { escapeValue: false },
    });
  sayLanguage(i18next.language);
  i18next.on('languageChanged', sayLanguage);
}

function sayLanguage(language: string): void {
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem('language', language);
  await i18next.changeLanguage(language);
}

/** The strings of a page, then those of the whole app. */
export function useT(namespace: string) {
  const { t, i18n } = useTranslation([namespace, 'app']);
  return { t, language: i18n.language as Language };
}
