import type { paths } from './schema';

// Named after what they are here, and taken from the operations, so that a change of the API's description shows in `tsc`.
type Answer<Path extends keyof paths, Method extends 'get' | 'post' | 'patch', Status extends number> = paths[Path] extends {
  [M in Method]: { responses: { [S in Status]: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type KeyPage = Answer<'/v1/keys', 'get', 200>;
export type Key = KeyPage['keys'][number];
export type CreatedKey = Answer<'/v1/keys', 'post', 201>;
export type Scheme = Key['scheme'];
export type Actor = Key['created_by'];
export type History = Answer<'/v1/keys/{id}/history', 'get', 200>;
export type HistoryEvent = History['events'][number];
export type RevokeResult = Answer<'/v1/keys/revoke', 'post', 200>['results'][number];
export type Account = Answer<'/v1/account', 'get', 200>;

export type NewKey = NonNullable<paths['/v1/keys']['post']['requestBody']>['content']['application/json'];
export type Signing = NonNullable<NewKey['signing']>;
export type Algorithm = NonNullable<Signing['algorithms']>[number];
export type Dialect = NonNullable<Signing['dialects']>[number];
export type ReplayProtection = NonNullable<Signing['replay_protection']>;

export type ListQuery = NonNullable<paths['/v1/keys']['get']['parameters']['query']>;
export type Sort = NonNullable<ListQuery['sort']>;
