import { ArrayUnique, IsObject, Length, Matches } from 'class-validator';
import { Count, ListOf, Maybe, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** Body of `POST /api/v1/tokens`: a token for a program, or a further one of the person that asks. */
export class NewToken {
  @Length(1, 100) name: string;
  /** `<noun>:read`, `<noun>:write` or `*`; at most what the creator has. */
  @Texts(100, 64) @ArrayUnique() rights: string[];
  /** Sees only the applications of this team; absent: what the creator sees. */
  @Maybe() @Length(1, 100) team?: string;
  /** 90 when absent. */
  @Maybe() @Count(1) expiresInDays?: number;
}

/** A token as it is shown: never the token itself. */
export class Token {
  @Text(64) id: string;
  @Text(100) name: string;
  /** First characters, to recognise it by. */
  @Text(16) prefix: string;
  @Texts(100, 64) rights: string[];
  @Maybe() @Text(100) team?: string;
  /** Id of the person whose token it is. */
  @Maybe() @Text(64) person?: string;
  @Maybe() @Text(100) personName?: string;
  /** Token that made it; absent for the first. */
  @Maybe() @Text(64) createdBy?: string;
  @Time() createdAt: string;
  /** Absent for the first administrator's, which ends with the first named administrator, or 24 hours after its first use. */
  @Maybe() @Time() expiresAt?: string;
  @Maybe() @Time() lastUsedAt?: string;
}

/** Answer to `POST /api/v1/tokens`: the only time that the secret is shown. */
export class TokenMade extends Token {
  @Maybe() @Text(100) secret?: string;
}

/** Filters of `GET /api/v1/tokens`. */
export class TokenQuery extends PageQuery {
  /** Id of a person. */
  @Maybe() @Text(64) person?: string;
}

/** Rights, and the applications for which they count. */
export class RightsGranted {
  @Texts(100, 64) rights: string[];
  /** Names; absent: all. */
  @Maybe() @Texts(1000, 100) applications?: string[];
}

/** Who calls, and what that allows. */
export class Me {
  /** Of the person; of the token when it is nobody's. */
  @Text(64) id: string;
  @Text(100) name: string;
  @Maybe() @Text(320) email?: string;
  /** Id of the person; absent for a token that is nobody's. */
  @Maybe() @Text(64) person?: string;
  /** Id of the token, also in a browser session. */
  @Text(64) token: string;
  @OneOf(['token', 'session']) via: 'token' | 'session';
  /** What is allowed for each of the applications below; `*` alone: everything. */
  @Texts(100, 64) rights: string[];
  @Maybe() @Text(100) team?: string;
  /** Names of the applications that may be seen; absent: all. */
  @Maybe() @Texts(1000, 100) applications?: string[];
  /** Where rights differ from application to application: each set with its own. */
  @ListOf(() => RightsGranted, 1000) grants: RightsGranted[];
  @Maybe() @Time() expiresAt?: string;
}

/** Body of `POST /api/v1/session`: an API token, or the secret of a sign-in link. */
export class NewSession {
  @Matches(/^tl_[A-Za-z0-9_-]{20,200}$/) token: string;
}

/** A browser session; its secret is in the cookie only. */
export class Session {
  @Text(100) name: string;
  /** Ends at the latest then, earlier when it is not used for 8 hours. */
  @Time() expiresAt: string;
}

/** A link that signs a browser in once, as the caller that made it. */
export class SessionLink {
  @Text(2048) url: string;
  @Time() expiresAt: string;
}

/** Body of `POST /api/v1/teams`. */
export class NewTeam {
  @Matches(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/) name: string;
  @Maybe() @Text(500) description?: string;
}

/** A team, and the applications that name it as theirs. */
export class Team {
  @Text(100) name: string;
  @Maybe() @Text(500) description?: string;
  @Texts(1000, 100) applications: string[];
}

/** What an `EventSource` shows instead of a token, for one connection within 30 seconds. */
export class StreamTicket {
  @Text(100) ticket: string;
  @Time() expiresAt: string;
}

/** Data of one event of `GET /api/v1/stream`. */
export class StreamEvent {
  /** Type of the fact, `decision.made`. */
  @Text(100) type: string;
  @Text(64) id: string;
  @Text(1200) subject: string;
  @Time() time: string;
  @Text(100) application: string;
  @Maybe() @Text(32) traceId?: string;
  /** The fact's own fields that are short texts and numbers. */
  @IsObject() summary: Readonly<Record<string, string | number | boolean>>;
}
