import { z } from "zod";
import { Listing } from "../../coop/listing.ts";

/** What a publisher writes, strictly. */
export const Content = Listing.omit({
  id: true,
  type: true,
  updated: true,
  preferredUsername: true,
  alsoKnownAs: true,
  listed: true,
});

/** How a part of the content is written into fields. */
export type Shape =
  | { as: "text"; schema: z.ZodType }
  | { as: "number"; schema: z.ZodType; whole: boolean }
  | { as: "count"; schema: z.ZodType }
  /** A box that is ticked, or not; `always` when not ticked means no rather than not given. */
  | { as: "flag"; always: boolean }
  /** Yes, no, or not given. */
  | { as: "choice" }
  /** What nobody has to write, such as a type. */
  | { as: "constant"; value: unknown }
  | { as: "object"; fields: [name: string, shape: Shape][] }
  | { as: "rows"; of: Shape }
  | { as: "codes"; of: Shape }
  | { as: "map"; of: Shape; key: z.ZodType };

/** The form is made from the schema: a term that the model gains can be edited at once. */
function shapeOf(schema: z.core.$ZodType, optional = false): Shape {
  if (schema instanceof z.ZodOptional) return shapeOf(schema.unwrap(), true);
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape);
    return { as: "object", fields: shape.map(([name, each]) => [name, shapeOf(each)]) };
  }
  if (schema instanceof z.ZodArray) {
    const of = shapeOf(schema.element);
    return of.as === "object" ? { as: "rows", of } : { as: "codes", of };
  }
  if (schema instanceof z.ZodRecord) {
    return { as: "map", of: shapeOf(schema.valueType), key: schema.keyType as z.ZodType };
  }
  if (schema instanceof z.ZodUnion) return { as: "count", schema };
  if (schema instanceof z.ZodNumber) {
    return { as: "number", schema, whole: schema.format?.includes("int") === true };
  }
  if (schema instanceof z.ZodBoolean) {
    return optional ? { as: "choice" } : { as: "flag", always: true };
  }
  if (schema instanceof z.ZodLiteral) {
    return schema.value === true
      ? { as: "flag", always: false }
      : { as: "constant", value: schema.value };
  }
  return { as: "text", schema: schema as z.ZodType };
}

/** How all of it is written. */
export const contentShape = shapeOf(Content);
