// A document as elements. What is no XML is an error, as it is for Twilio (12100).
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export type XmlElement = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };
type Node = Record<string, unknown> & { ':@'?: Record<string, string> };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  ignoreDeclaration: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
});

/** @throws with the reason. */
export function parseXml(text: string): XmlElement {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`this is no XML (${valid.err.msg}): ${text.slice(0, 200)}`);
  const [root] = (parser.parse(text) as Node[]).flatMap(elementOf);
  if (!root) throw new Error('an empty document');
  return root;
}

function elementOf(node: Node): XmlElement[] {
  const name = Object.keys(node).find((key) => key !== ':@');
  if (!name || name === '#text') return [];
  const inside = node[name] as Node[];
  const text = inside.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join('');
  return [{ name, attributes: { ...node[':@'] }, children: inside.flatMap(elementOf), text: text.trim() }];
}
