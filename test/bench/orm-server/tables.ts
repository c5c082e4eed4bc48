import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A webhook as it came. */
@Entity({ name: 'orm_delivery', schema: 'public' })
export class Delivery {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column({ type: 'text', unique: true })
  delivery: string;

  @Column({ type: 'text' })
  event: string;

  @Column({ type: 'bytea' })
  body: Buffer;

  @CreateDateColumn({ type: 'timestamptz' })
  receivedAt: Date;
}

/** What it means to others, until somebody sends it. */
@Entity({ name: 'orm_outbox', schema: 'public' })
export class OutboxRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  position: string;

  @Column({ type: 'text' })
  topic: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  payload: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;
}
