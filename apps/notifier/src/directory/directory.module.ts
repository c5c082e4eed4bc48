import { Module } from '@nestjs/common';
import { DirectoryHandler } from './directory.handler.ts';
import { Directory } from './directory.ts';

@Module({ controllers: [DirectoryHandler], providers: [Directory], exports: [Directory] })
export class DirectoryModule {}
