import ts from 'typescript';

/** A text of a module in quotes or in backticks, or several of these joined by `+`. */
export interface Message {
  /** Counted from 1. */
  readonly line: number;
  /** With "…" for each inserted value. */
  readonly text: string;
}

/** The texts of a module that are sentences or parts of sentences: those with at least four words. */
export function messagesIn(source: string): readonly Message[] {
  const file = ts.createSourceFile('module.ts', source, ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const look = (node: ts.Node): void => {
    const text = textOf(node);
    if (text === undefined) {
      ts.forEachChild(node, look);
    } else if (/(\S+ ){3}\S/.test(text)) {
      found.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, text });
    }
  };
  look(file);
  return found;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`;
}
