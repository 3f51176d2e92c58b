/** The page of an offer elsewhere, told which call it is for. Undefined for what is no web address. */
export function urlForCall(url: string, decisionId: string | undefined): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const found = new URL(url);
  if (found.protocol !== 'https:' && found.protocol !== 'http:') return undefined;
  if (decisionId !== undefined) found.searchParams.set('decision', decisionId);
  return found;
}
