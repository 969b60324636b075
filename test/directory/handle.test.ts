import { expect, it } from "vitest";
import { Handle, suggestHandle } from "../../src/directory/handle.ts";
import fc from "fast-check";

it("makes handles of names", () => {
  expect(suggestHandle("Boulangerie de la Gare")).toBe("boulangerie_de_la_gare");
  expect(suggestHandle("Bükkaljai Kosár")).toBe("bukkaljai_kosar");
  expect(suggestHandle("L’Atelier d'Œuvre")).toBe("latelier_doeuvre");
  expect(suggestHandle("Żółty Łoś Spółdzielnia")).toBe("zolty_los_spoldzielnia");
  expect(suggestHandle("Кооператив «Вместе»")).toBe("kooperativ_vmeste");
  expect(suggestHandle("Συνεταιρισμός Βίος")).toBe("synetairismos_vios");
  expect(suggestHandle("生活クラブ")).toBe("");
  expect(suggestHandle("Help")).toBe("help_coop");
  expect(suggestHandle("Cooperativa Integral de Vivienda y Cuidados del Valle")).toBe(
    "cooperativa_integral_de",
  );
});

it("looks at no more of a text than a name can have", () => {
  expect(suggestHandle("a b ".repeat(200_000))).toBe("a_b_a_b_a_b_a_b_a_b_a_b_a_b_a");
});

it("makes nothing but handles that may be had, or none", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (name) => {
      const handle = suggestHandle(name);
      return handle === "" || Handle.safeParse(handle).success;
    }),
  );
});
