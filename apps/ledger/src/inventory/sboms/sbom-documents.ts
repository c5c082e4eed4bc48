import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Blobs, BlobMissing } from '@throughline/blobs';
import { Database, Problem } from '@throughline/service';
import { componentOf, dependencyOf, headOf, type StoredComponent } from './cyclonedx-out.ts';
import type { SbomRow } from './sbom-list.ts';
import { rootId } from './sboms.ts';

/** A document on its way out. */
export interface OutgoingDocument {
  readonly type: string;
  readonly body: Readable;
}

const pageSize = 2_000;
const mostBytes = 512 * 1024 * 1024;

const componentPage = `
  select v.id, v.purl, p.name, v.version, min(o.licence) as licence, min(o.scope) as scope, array_agg(distinct o.manifest) as manifests, c.kind, c.hashes
  from occurrence o join component_version v on v.id = o.component_version_id join package p on p.id = v.package_id
  left join sbom_component c on c.report_id = o.report_id and c.component_version_id = v.id
  where o.report_id = $1 and v.id > $2::bigint group by v.id, p.id, c.kind, c.hashes order by v.id limit ${pageSize}`;

const dependencyPage = `
  select parent_id as parent, array_agg(child_id order by child_id) as children from sbom_dependency
  where report_id = $1 and parent_id > $2::bigint group by parent_id order by parent_id limit ${pageSize}`;

/** SBOMs as documents: what is stored as CycloneDX, or what was sent. Written page by page, a large one is nowhere whole. */
@Injectable()
export class SbomDocuments {
  constructor(
    private readonly database: Database,
    private readonly blobs: Blobs,
  ) {}

  cyclonedx(row: SbomRow): OutgoingDocument {
    return { type: 'application/vnd.cyclonedx+json; version=1.6', body: Readable.from(this.write(row), { objectMode: false }) };
  }

  /** Throws `Problem` 404 where nobody sent one. */
  async original({ document }: SbomRow): Promise<OutgoingDocument> {
    if (document === null)
      throw new Problem(404, 'not_found', 'nobody sent a document: this SBOM was made here, ask for it without format=original');
    try {
      const bytes = await this.blobs.read(document, mostBytes);
      const json = /^\s*\{/.test(bytes.subarray(0, 256).toString('latin1').replace('\u00ef\u00bb\u00bf', ''));
      const xml = /^\s*</.test(bytes.subarray(0, 256).toString('latin1').replace('\u00ef\u00bb\u00bf', ''));
      const type = json ? 'application/json' : xml ? 'application/xml' : 'text/plain; charset=utf-8';
      return { type, body: Readable.from([bytes], { objectMode: false }) };
    } catch (error) {
      if (error instanceof BlobMissing) throw new Problem(410, 'gone', 'the document is kept no longer; its components are');
      throw error;
    }
  }

  private async *write(row: SbomRow): AsyncIterable<string> {
    const refs = new Map<string, string>([[rootId, 'root']]);
    const used = new Set(refs.values());
    yield `${headOf(row).slice(0, -1)},"components":[`;
    let separator = '';
    for await (const component of this.components(row.report)) {
      const ref = used.has(component.purl) ? `${component.purl}#${component.id}` : component.purl;
      used.add(ref);
      refs.set(component.id, ref);
      yield separator + JSON.stringify(componentOf(component, ref));
      separator = ',';
    }
    yield '],"dependencies":[';
    separator = '';
    for await (const { parent, children } of this.dependencies(row.report)) {
      yield (
        separator +
        JSON.stringify(
          dependencyOf(
            refs.get(parent),
            children.map((child) => refs.get(child)),
          ),
        )
      );
      separator = ',';
    }
    yield ']}\n';
  }

  private async *components(report: string): AsyncIterable<StoredComponent> {
    for (let last = '0'; ;) {
      const page = await this.database.rows<StoredComponent>(componentPage, [report, last]);
      yield* page;
      if (page.length < pageSize) return;
      last = page.at(-1)!.id;
    }
  }

  private async *dependencies(report: string): AsyncIterable<{ readonly parent: string; readonly children: readonly string[] }> {
    for (let last = '-1'; ;) {
      const page = await this.database.rows<{ parent: string; children: string[] }>(dependencyPage, [report, last]);
      yield* page;
      if (page.length < pageSize) return;
      last = page.at(-1)!.parent;
    }
  }
}
