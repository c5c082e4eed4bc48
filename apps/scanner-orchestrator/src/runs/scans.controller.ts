import { Controller, Get, Query } from '@nestjs/common';
import { Scan, ScannerState, ScanQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { ScanList } from './scan-list.ts';
import { ScannerList } from './scanner-list.ts';

@Controller('api/v1')
export class ScansController {
  constructor(
    private readonly scans: ScanList,
    private readonly scanners: ScannerList,
  ) {}

  @Get('scans')
  @Access('scans:read')
  @Answers(Scan, { list: true, description: 'Runs of scanners with what became of them, the latest first' })
  list(@Query() query: ScanQuery, @Caller() caller: Identity): Promise<Page<Scan>> {
    return this.scans.page(query, caller);
  }

  @Get('scanners')
  @Access('scans:read')
  @Answers(ScannerState, { list: true, description: 'The scanners of the platform: installed or why not, canary, sandbox' })
  async states(): Promise<Page<ScannerState>> {
    return { items: await this.scanners.states(), next: null };
  }
}
