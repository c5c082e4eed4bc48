import { RuleTester } from 'eslint';
import { after, describe, it } from 'node:test';
import { parser } from 'typescript-eslint';
import { accessRule } from './access-rule.mjs';

RuleTester.afterAll = after;
RuleTester.describe = describe;
RuleTester.it = it;

new RuleTester({ languageOptions: { parser } }).run('access-rule', accessRule, {
  valid: [
    `@Controller('a') class A { @Get() @Access('findings:read') list() {} }`,
    `@Controller('a') class A { @Get() @Public('health is no secret') health() {} }`,
    `@Controller() class A { @OnEvent(ChangePushed) handle() {} }`,
  ],
  invalid: [{ code: `@Controller('a') class A { @Post() create() {} }`, errors: [{ messageId: 'missing' }] }],
});
