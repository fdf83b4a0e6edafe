export const API_SETTINGS = '/settings/api-settings';
export const ACCOUNT = '/settings/api-settings/account';
export const PORTAL = '/docs';
export const keyPath = (id: string) => `${API_SETTINGS}/keys/${encodeURIComponent(id)}`;
