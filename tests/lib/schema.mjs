/* JSON Schema 2020-12, the part of it that the API's document uses. Says all that is wrong; an unknown keyword is an error,
   so that nothing is passed over in silence. */
const KNOWN = new Set(["$ref", "type", "properties", "required", "additionalProperties", "maxProperties", "items", "maxItems", "enum",
	"maxLength", "pattern", "format", "minimum", "maximum", "anyOf", "description"]);

const is = {
	object: (v) => typeof v === "object" && v !== null && !Array.isArray(v),
	array: Array.isArray,
	string: (v) => typeof v === "string",
	integer: Number.isInteger,
	number: (v) => typeof v === "number",
	boolean: (v) => typeof v === "boolean",
	null: (v) => v === null,
};

export function check(document, schema, value, at = "") {
	const wrong = [];
	const say = (what) => wrong.push(`${at || "/"}: ${what}`);
	for (const word of Object.keys(schema)) if (!KNOWN.has(word)) say(`unknown keyword ${word}`);
	if (schema.$ref) {
		const target = schema.$ref.slice(2).split("/").reduce((o, k) => o?.[k], document);
		return target ? [...wrong, ...check(document, target, value, at)] : [...wrong, `${at}: ${schema.$ref} is nowhere`];
	}
	if (schema.anyOf) {
		const tries = schema.anyOf.map((s) => check(document, s, value, at));
		if (!tries.some((t) => t.length === 0)) wrong.push(...tries[0]);
		return wrong;
	}
	if (schema.type && !is[schema.type](value)) {
		say(`is no ${schema.type}: ${JSON.stringify(value)?.slice(0, 60)}`);
		return wrong;
	}
	if (schema.enum && !schema.enum.includes(value)) say(`is none of ${schema.enum}`);
	if (schema.maxLength !== undefined && [...value].length > schema.maxLength) say("is too long");
	if (schema.pattern && !new RegExp(schema.pattern, "u").test(value)) say(`does not fit ${schema.pattern}`);
	if (schema.format === "date-time" && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(value)) say("is no time");
	else if (schema.format && schema.format !== "date-time") say(`unknown format ${schema.format}`);
	if (schema.minimum !== undefined && value < schema.minimum) say("is too small");
	if (schema.maximum !== undefined && value > schema.maximum) say("is too large");
	if (is.array(value)) {
		if (schema.maxItems !== undefined && value.length > schema.maxItems) say("has too many entries");
		if (schema.items) value.forEach((v, i) => wrong.push(...check(document, schema.items, v, `${at}/${i}`)));
	}
	if (is.object(value)) {
		for (const name of schema.required ?? []) if (!(name in value)) say(`lacks ${name}`);
		if (schema.maxProperties !== undefined && Object.keys(value).length > schema.maxProperties) say("has too many entries");
		for (const [name, v] of Object.entries(value)) {
			const known = schema.properties?.[name];
			if (known) wrong.push(...check(document, known, v, `${at}/${name}`));
			else if (schema.additionalProperties === false) say(`has ${name}, which the document does not know`);
			else if (schema.additionalProperties) wrong.push(...check(document, schema.additionalProperties, v, `${at}/${name}`));
		}
	}
	return wrong;
}
