import { ArrayUnique, IsEmail, Matches } from 'class-validator';
import { Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';
import { TokenMade } from './gateway.ts';

/** Letters and digits of any script, and what stands between them in names; nothing that a terminal or a message reads as a command. */
export const personName = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} .'_-]{0,98}[\p{L}\p{M}\p{N}.])?$/u;

/** Names of the roles, from the one that may do everything down. */
export const roleNames = ['administrator', 'security', 'operator', 'developer', 'auditor', 'viewer'] as const;

export type RoleName = (typeof roleNames)[number];

/** A role, and what it allows within the scope in which somebody has it. */
export class Role {
  @OneOf(roleNames) name: RoleName;
  @Text(300) description: string;
  /** `*` alone: everything. */
  @Texts(100, 64) rights: string[];
}

/** Body of `POST /api/v1/role-bindings`: a role of a person, in the whole organisation unless a team or an application is named. */
export class NewRoleBinding {
  /** Id of the person. */
  @Text(64) person: string;
  @OneOf(roleNames) role: RoleName;
  @Maybe() @Text(100) team?: string;
  @Maybe() @Text(100) application?: string;
  /** From then on it allows nothing. */
  @Maybe() @Time() expiresAt?: string;
}

/** A role that a person has. */
export class RoleBinding {
  @Text(64) id: string;
  @Text(64) person: string;
  @Text(100) personName: string;
  @OneOf(roleNames) role: RoleName;
  @Maybe() @Text(100) team?: string;
  @Maybe() @Text(100) application?: string;
  @Maybe() @Time() expiresAt?: string;
  @Time() createdAt: string;
  /** Who gave it. */
  @Text(200) createdBy: string;
}

/** Filters of `GET /api/v1/role-bindings`. */
export class RoleBindingQuery extends PageQuery {
  @Maybe() @Text(64) person?: string;
  @Maybe() @OneOf(roleNames) role?: RoleName;
  @Maybe() @Text(100) team?: string;
}

/** Body of `POST /api/v1/people`: somebody with one role, in the whole organisation or in some teams. */
export class NewPerson {
  @Matches(personName) name: string;
  @Maybe() @IsEmail() @Text(320) email?: string;
  @OneOf(roleNames) role: RoleName;
  /** The role counts in these only; absent: in the whole organisation. */
  @Maybe() @Texts(50, 100) @ArrayUnique() teams?: string[];
}

/** Body of `PATCH /api/v1/people/{id}`: what is absent stays. */
export class PersonChange {
  @Maybe() @Matches(personName) name?: string;
  @Maybe() @IsEmail() @Text(320) email?: string;
  /** `true` ends the person's tokens and sessions for good; `false` lets new ones be made. */
  @Maybe() @Flag() disabled?: boolean;
}

/** Somebody with an account. */
export class Person {
  @Text(64) id: string;
  @Text(100) name: string;
  @Maybe() @Text(320) email?: string;
  /** Teams in which the person has a role. */
  @Texts(1000, 100) teams: string[];
  @ListOf(() => RoleBinding, 1000) roles: RoleBinding[];
  @Flag() disabled: boolean;
  @Time() createdAt: string;
  @Text(200) createdBy: string;
  @Maybe() @Time() lastUsedAt?: string;
}

/** Answer to `POST /api/v1/people`: with a first token of the person, whose secret is shown this once. */
export class PersonMade extends Person {
  @Maybe() @Nested(() => TokenMade) token?: TokenMade;
}

/** Filters of `GET /api/v1/people`. */
export class PeopleQuery extends PageQuery {
  @Maybe() @Text(100) team?: string;
  @Maybe() @OneOf(roleNames) role?: RoleName;
  /** Part of the name or the e-mail address. */
  @Maybe() @Text(100) q?: string;
  @Maybe() @OneOf(['true', 'false']) disabled?: string;
}

/** Body of `POST /api/v1/people/{id}/tokens`. */
export class NewPersonToken {
  @Maybe() @Text(100) name?: string;
}
