import { Injectable } from '@nestjs/common';
import type { Translation } from '@throughline/scm';
import type { Tx } from '@throughline/service';
import type { Outcome } from '../deliveries/candidate.ts';
import { Deliveries, type DeliveryRow } from '../deliveries/deliveries.ts';
import { Republication } from '../deliveries/republication.ts';
import { Rereading } from '../deliveries/rereading.ts';
import { ToldNames } from '../deliveries/told-names.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { SourceDirectory } from '../sources/source-directory.ts';

/** A kept delivery with commands that nobody has done. */
export interface OpenCommands {
  readonly row: DeliveryRow;
  readonly source: KnownSource;
  readonly translation: Translation;
  /** What it means by what the source may say. */
  readonly outcome: Outcome;
}

/** The deliveries that gave commands: read again, and closed with what they came to. */
@Injectable()
export class CommandDeliveries {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly sources: SourceDirectory,
    private readonly rereading: Rereading,
    private readonly republication: Republication,
    private readonly names: ToldNames,
  ) {}

  /** Undefined when it was closed already, or its source is gone. */
  async open(id: string): Promise<OpenCommands | undefined> {
    const row = await this.deliveries.find(id);
    const source = row && (await this.sources.find(row.source_id));
    if (row?.status !== 'checking' || !source) return undefined;
    const { translation, refusal } = await this.names.settled(source, await this.rereading.translation(source, row));
    return { row, source, translation, outcome: refusal ?? this.rereading.outcome(source, translation, {}) };
  }

  close({ row, source }: OpenCommands, outcome: Outcome, complete: (tx: Tx) => Promise<void>): Promise<void> {
    return this.republication.checked(row, source, outcome, complete);
  }

  giveUp(tx: Tx, id: string): Promise<void> {
    return this.deliveries.refuse(tx, id, 'refused: a service that is needed for it did not answer for long: write it again');
  }
}
