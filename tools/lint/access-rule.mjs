// ESLint rule: every HTTP handler of a controller says who may call it: @Access(...), @Public('why') or @Internal(...).
const routes = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All', 'Sse']);
const rules = new Set(['Access', 'Public', 'Internal', 'Unsigned']);

function decoratorName(decorator) {
  const expression = decorator.expression.type === 'CallExpression' ? decorator.expression.callee : decorator.expression;
  return expression.type === 'Identifier' ? expression.name : undefined;
}

export const accessRule = {
  meta: {
    type: 'problem',
    docs: { description: 'an HTTP handler without an access rule is open to nobody or everybody by accident' },
    messages: { missing: "{{name}} handles HTTP but declares no access rule: add @Access('noun:verb'), @Internal(…) or @Public('why')" },
    schema: [],
  },
  create(context) {
    return {
      MethodDefinition(method) {
        const names = (method.decorators ?? []).map(decoratorName);
        if (!names.some((name) => routes.has(name))) return;
        const onClass = (method.parent.parent.decorators ?? []).map(decoratorName);
        if ([...names, ...onClass].some((name) => rules.has(name))) return;
        context.report({ node: method.key, messageId: 'missing', data: { name: context.sourceCode.getText(method.key) } });
      },
    };
  },
};
