import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who may use the browser host: whoever shows the token of the printed address, once; from then on the cookie. */
export interface Sessions {
  /** The token that is good now. */
  token(): string;
  /** The secret of a new session for the current token, which is used up by it; undefined for any other text. */
  exchange(token: string): string | undefined;
  /** Is the session's secret among the cookies of this header? */
  valid(cookieHeader: string | undefined): boolean;
}

/** Older sessions end when there are more. */
const mostSessions = 32;

export function createSessions(cookieName: string): Sessions {
  const secret = () => randomBytes(32).toString('base64url');
  const digest = (text: string) => createHash('sha256').update(text).digest();
  let current = secret();
  // digests: comparing them takes the same time whatever the length of the guess
  const sessions: Buffer[] = [];
  return {
    token: () => current,
    exchange(token) {
      if (!timingSafeEqual(digest(token), digest(current))) return undefined;
      current = secret();
      const session = secret();
      sessions.push(digest(session));
      if (sessions.length > mostSessions) sessions.shift();
      return session;
    },
    valid(cookieHeader) {
      for (const part of (cookieHeader ?? '').split(';')) {
        const [name, value] = part.trim().split('=', 2);
        if (name !== cookieName || value === undefined) continue;
        const shown = digest(value);
        if (sessions.some((session) => timingSafeEqual(session, shown))) return true;
      }
      return false;
    },
  };
}
