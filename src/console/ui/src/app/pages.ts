// Every page: who sees it, where it is, and the code that is loaded when it is opened.
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';
import type { Role } from '../../../access/principal.js';

export interface Page {
  /** Also the namespace of its strings: strings/LANGUAGE/ID.json; `title` in it names the page. */
  readonly id: string;
  /** As wouter matches it. */
  readonly path: string;
  readonly roles: readonly Role[];
  /** Stands in the navigation, in the order of this list: every page but those of one thing. */
  readonly isInNavigation: boolean;
  /** Under which heading it stands there. */
  readonly group: PageGroup;
  readonly Content: LazyExoticComponent<ComponentType>;
}

export type PageGroup = 'work' | 'analysis' | 'administration';

type Load = () => Promise<{ default: ComponentType }>;

const page = (id: string, path: string, roles: readonly Role[], load: Load): Page => ({
  id,
  path,
  roles,
  isInNavigation: !path.includes(':'),
  group: groupOf(id),
  Content: lazy(load),
});

function groupOf(id: string): PageGroup {
  if (['reports', 'generations', 'try-call'].includes(id)) return 'analysis';
  return ['switches', 'settings', 'offer-pages', 'people'].includes(id) ? 'administration' : 'work';
}

const everybody: readonly Role[] = ['agent', 'supervisor', 'admin', 'analyst'];

export const pages: readonly Page[] = [
  page('desk', '/desk', ['agent', 'supervisor', 'admin'], () => import('../pages/desk/index.js')),
  page('board', '/board', ['supervisor', 'admin'], () => import('../pages/board/index.js')),
  page('calls', '/calls', ['supervisor', 'admin', 'analyst'], () => import('../pages/calls/index.js')),
  page('call', '/calls/:id', everybody, () => import('../pages/calls/call.js')),
  page('reports', '/reports', ['supervisor', 'admin', 'analyst'], () => import('../pages/reports/index.js')),
  page(
    'generations',
    '/generations',
    ['supervisor', 'admin', 'analyst'],
    () => import('../pages/generations/index.js'),
  ),
  page(
    'try-call',
    '/try-call',
    ['supervisor', 'admin', 'analyst'],
    () => import('../pages/try-call/index.js'),
  ),
  page('switches', '/switches', ['supervisor'], () => import('../pages/settings/switches-page.js')),
  page('settings', '/settings/*?', ['admin'], () => import('../pages/settings/index.js')),
  page('offer-pages', '/offer-pages', ['admin'], () => import('../pages/offer-pages/index.js')),
  page('offer', '/offers/:offer', everybody, () => import('../pages/offer-pages/offer.js')),
  page('people', '/people', ['admin'], () => import('../pages/people/index.js')),
];
