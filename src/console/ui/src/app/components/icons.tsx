// Icons as strokes in the colour of the text. Each stands beside a word or on a button with a label, so none has one itself.
import type { ReactNode } from 'react';

export interface IconProps {
  /** In pixels. Default 16. */
  readonly size?: number;
}

function icon(strokes: ReactNode) {
  return function Icon({ size = 16 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth={2}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
      >
        {strokes}
      </svg>
    );
  };
}

export const CheckIcon = icon(<path d="M4 12.5l5 5L20 6.5" />);
export const CrossIcon = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const PauseIcon = icon(<path d="M8 5v14M16 5v14" />);
export const DotIcon = icon(<circle cx="12" cy="12" r="6" fill="currentColor" />);
export const WarningIcon = icon(<path d="M12 3.5L1.8 20.5h20.4zM12 10v4.5M12 17.6v.1" />);
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="9.5" />
    <path d="M12 11v5.5M12 7.4v.1" />
  </>,
);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const CopyIcon = icon(
  <>
    <rect x="8.5" y="8.5" width="12" height="12" rx="2" />
    <path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3" />
  </>,
);
export const ChevronIcon = icon(<path d="M6 9l6 6 6-6" />);
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4 21c.6-4.2 3.8-6.5 8-6.5s7.4 2.3 8 6.5" />
  </>,
);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4.2" />
    <path d="M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M19.1 4.9l-1.8 1.8M6.7 17.3l-1.8 1.8" />
  </>,
);
export const MoonIcon = icon(<path d="M20.5 14.2A8.7 8.7 0 1 1 9.8 3.5a7 7 0 0 0 10.7 10.7z" />);
export const ScreenIcon = icon(
  <>
    <rect x="2.5" y="4" width="19" height="12.5" rx="2" />
    <path d="M8 20.5h8M12 16.5v4" />
  </>,
);
export const LanguageIcon = icon(
  <>
    <circle cx="12" cy="12" r="9.5" />
    <path d="M2.5 12h19M12 2.5c3 3 3.8 6 3.8 9.5s-.8 6.5-3.8 9.5c-3-3-3.8-6-3.8-9.5s.8-6.5 3.8-9.5z" />
  </>,
);
export const KeyboardIcon = icon(
  <>
    <rect x="2" y="5.5" width="20" height="13" rx="2" />
    <path d="M6 9.5v.1M10 9.5v.1M14 9.5v.1M18 9.5v.1M7.5 14.5h9" />
  </>,
);
export const DeskIcon = icon(
  <path d="M4 14v-2a8 8 0 0 1 16 0v2M4 14.5a2 2 0 0 1 2-2h1v6.5H6a2 2 0 0 1-2-2zM20 14.5a2 2 0 0 0-2-2h-1v6.5h1a2 2 0 0 0 2-2zM18.5 19c-.8 1.7-3 2.5-5.5 2.5" />,
);
export const BoardIcon = icon(
  <>
    <rect x="3" y="3" width="7.5" height="9" rx="1.5" />
    <rect x="13.5" y="3" width="7.5" height="5.5" rx="1.5" />
    <rect x="13.5" y="12" width="7.5" height="9" rx="1.5" />
    <rect x="3" y="15.5" width="7.5" height="5.5" rx="1.5" />
  </>,
);
export const CallsIcon = icon(
  <path d="M5 3.5h3.5l1.8 4.7-2.3 1.7a12 12 0 0 0 6 6l1.7-2.3 4.7 1.8V19a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 3 5.7a2 2 0 0 1 2-2.2z" />,
);
export const ReportsIcon = icon(<path d="M4 20.5h16.5M7 16.5v-5M12 16.5V4.5M17 16.5v-8" />);
export const GenerationsIcon = icon(
  <path d="M12 2.5l9.5 5-9.5 5-9.5-5zM2.5 12.2l9.5 5 9.5-5M2.5 16.7l9.5 5 9.5-5" />,
);
export const TryIcon = icon(<path d="M7 4.5v15l12-7.5z" />);
export const SettingsIcon = icon(
  <path d="M4 6h9M17.5 6H20M4 12h2.5M11 12h9M4 18h9M17.5 18H20M13 3.8v4.4M6.5 9.8v4.4M13 15.8v4.4" />,
);
export const SwitchesIcon = icon(
  <>
    <rect x="2.5" y="6.5" width="19" height="11" rx="5.5" />
    <circle cx="16" cy="12" r="2.5" />
  </>,
);
export const PagesIcon = icon(<path d="M6 2.5h8l5 5v14H6zM14 2.5v5h5M9.5 12.5h6M9.5 16.5h6" />);
export const PeopleIcon = icon(
  <>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2 20.5c.4-3.8 3.2-6 7-6s6.6 2.2 7 6M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18.5 15.2c2 .9 3.3 2.7 3.5 5.3" />
  </>,
);

/** The mark of the product. */
export function Mark({ size = 26 }: IconProps) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <circle cx="16" cy="16" r="15" fill="#1971c2" />
      <path
        d="M9 20v-8h6a3 3 0 0 1 0 6H9m9-3h5m-3-4 4 4-4 4"
        fill="none"
        stroke="#fff"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
