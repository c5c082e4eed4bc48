import { ArrayMaxSize, IsArray, IsObject, Length } from 'class-validator';
import { Count, Flag, OneOf, Text } from '../fields.ts';

/** The demo by its names; its host cannot exist (RFC 6761), so that nobody else's repository lies there. */
export const theDemo = { site: 'https://demo.invalid', name: 'demo/demo-shop', application: 'demo-shop' } as const;

/** What the demo consists of: its repository's address, and OSV records that speak about it alone. */
export class DemoAdvisories {
  @IsArray() @ArrayMaxSize(100) @IsObject({ each: true }) advisories: object[];
}

/** Body of `POST /api/v1/demo`. */
export class NewDemo extends DemoAdvisories {
  /** Folder in which the demo's repositories lie, with `{fullName}`: `file:///…/demo/{fullName}.git`. */
  @Length(1, 2048) cloneUrl: string;
}

/** Answer to a new demo: where to push, and by which repository it is known. The secret is shown once. */
export class CreatedDemo {
  @Text(64) source: string;
  @Text(2048) url: string;
  @Text(256) secret: string;
  /** `owner/name` in pushes. */
  @Text(201) name: string;
  @Text(1024) repository: string;
  @Text(100) application: string;
}

/** What a service still has of the demo. */
export class DemoLeft {
  @Count() rows: number;
}

/** What ingest still has of it, and whether it was removed before. */
export class DemoSourceLeft extends DemoLeft {
  @Flag() removed: boolean;
}

/** Where the demo's source clones from. */
export class DemoClone {
  @Length(1, 2048) cloneUrl: string;
}

/** Who removes the demo. */
export class DemoBy {
  @Length(1, 200) by: string;
}

export const demoStates = ['present', 'removing', 'removed', 'absent'] as const;

/** Answer of `GET /api/v1/demo`. */
export class Demo {
  /** `removing`: a part of it is gone, the rest goes within seconds. `absent`: it never was there. */
  @OneOf(demoStates) state: (typeof demoStates)[number];
}
