/** ISO 639-1, and some languages without a code there in which co-ops write. */
export const languages =
  "aa ab af ak am an ar arn as ast av ay az ba be bg bi bm bn bo br bs ca ce ch chr ckb co cr crk cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fil fj fo fr fur fy ga gd gl gn gu guc gv ha haw he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kab kg ki kj kk kl km kn ko kok kr ks ku kv kw ky la lb lg li ln lo lt lu lv mai mg mh mi mic mk ml mn moh mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pap pl ps pt qu quc rap rm rn ro ru rw sa sat sc sd se sg si sk sl sm sn so sq sr ss st su sv sw szl ta te tg th ti tk tl tn to tr ts tt tw ty tzm ug uk ur uz vai ve vec vi vo wa wo xh yi yo yua za zgh zh zu".split(
    " ",
  );
