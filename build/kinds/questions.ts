import ts from 'typescript';

/** A place in a module that asks which kind a device is. */
export interface Question {
  /** Counted from 1. */
  readonly line: number;
  /** The expression. */
  readonly text: string;
}

/** The expressions in a module that compare with the name of a kind, or ask a device or a request for its kind. */
export function kindQuestions(source: string, kindNames: readonly string[]): readonly Question[] {
  const file = ts.createSourceFile('module.ts', source, ts.ScriptTarget.Latest, true);
  const isKind = (node: ts.Expression): boolean =>
    (ts.isStringLiteralLike(node) && kindNames.includes(node.text)) || isKindOfDevice(node);
  const asks = (node: ts.Node): boolean => {
    if (ts.isCaseClause(node)) return isKind(node.expression);
    if (ts.isSwitchStatement(node)) return isKindOfDevice(node.expression);
    if (!ts.isBinaryExpression(node)) return false;
    const { left, operatorToken, right } = node;
    if (operatorToken.kind === ts.SyntaxKind.InKeyword) return ts.isIdentifier(right) && asked.has(right.text);
    return comparisons.has(operatorToken.kind) && (isKind(left) || isKind(right));
  };
  const found: Question[] = [];
  const look = (node: ts.Node): void => {
    if (asks(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push({ line: line + 1, text: node.getText(file).split('\n')[0] ?? '' });
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

/** Whose keys differ between kinds. */
const asked = new Set(['device', 'request']);

const comparisons = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/** `device.kind`, or `….device.kind`. */
function isKindOfDevice(node: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'kind') return false;
  const { expression: owner } = node;
  return (
    (ts.isIdentifier(owner) ? owner : ts.isPropertyAccessExpression(owner) ? owner.name : undefined)?.text === 'device'
  );
}
