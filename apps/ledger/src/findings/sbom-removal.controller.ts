import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { SbomRemoval } from './sbom-removal.ts';

@Controller('api/v1/sboms')
export class SbomRemovalController {
  constructor(private readonly removal: SbomRemoval) {}

  @Delete(':id')
  @HttpCode(204)
  @Access('findings:write')
  @Answers(undefined, {
    status: 204,
    description: 'Forgets an SBOM that was sent; what only it showed is neither open nor fixed from then on',
  })
  remove(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
    return this.removal.remove(id, caller);
  }
}
