// Around every page: who is logged in, where one can go.
import { Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { pages } from './pages.js';

export function Shell() {
  return (
    <main>
      <Suspense fallback={null}>
        <Switch>
          {pages.map(({ id, path, Content }) => (
            <Route key={id} path={path}>
              <Content />
            </Route>
          ))}
          <Redirect to="/desk" />
        </Switch>
      </Suspense>
    </main>
  );
}
