import { Controller, Get, Query } from '@nestjs/common';
import { AffectedPackageQuery, AffectedVersions } from '@throughline/contracts';
import { Answers, Database, Internal } from '@throughline/service';
import { canonicalName } from '@throughline/versions';

/** What all feeds say about a package, for those who look for a version without flaws. */
@Controller('internal/advisories')
export class InternalAdvisoriesController {
  constructor(private readonly database: Database) {}

  @Get('affected')
  @Internal('remediation')
  @Answers(AffectedVersions)
  async affected(@Query() { ecosystem, name }: AffectedPackageQuery): Promise<AffectedVersions> {
    const found = await this.database.rows<{ entries: string }>(
      `select ap.entries from advisory_package ap join advisory a on a.id = ap.advisory_id
       where ap.ecosystem = $1 and ap.name = $2 and a.withdrawn_at is null and a.retracted_at is null order by a.id limit 2000`,
      [ecosystem, canonicalName(ecosystem, name)],
    );
    return { affected: found.map(({ entries }) => entries) };
  }
}
