"""Ids by transformers' CLIPTokenizer that token-ids.json does not have: hostile strings, tokenizer folders of every kind, and
one digest over all of Unicode.  Run with transformers 5.18 and tokenizers 0.23 in test/golden:  python tokenizer/make_tokenizer.py"""
import hashlib, json, os, random, shutil, struct, tempfile
from transformers import CLIPTokenizer
HERE = os.path.dirname(os.path.abspath(__file__)); GOLDEN = os.path.dirname(HERE)
CLIP = f"{GOLDEN}/clip-tokenizer"; TINY = f"{GOLDEN}/tiny-sd2-v/snapshot/tokenizer"; TINY_JSON = f"{GOLDEN}/tiny-sd21-v/snapshot/tokenizer"
real = CLIPTokenizer.from_pretrained(CLIP)
def write(name, lines): open(f"{HERE}/{name}", "w").write("[\n" + ",\n".join(json.dumps(x) for x in lines) + "\n]\n")
def utf16(text): return len(text.encode("utf-16-le")) // 2

# strings: [text, ids, where the 76th token begins in UTF-16 units or null]
random.seed(11)
POOLS = ["abcdefghijklmnopqrstuvwxyz", "ABCXYZ ΣσςİıſK Å", "'sS'tTreREvelmd ’", "!!!  ??!.,;:<|>", " \t\n\r\u0085\u00a0\u2000\u2028\u3000\u180e\ufeff\u200b\u200c\u200d\x1c\x1f", "0123456789٣½²Ⅷ①",
 "\u0301\u0323\u0327\u0338\u0345\u0315\u0308\u0334\u20e3\ufe0f\u07fd\u0898\u1ac0\u1df6", "가각\u1100\u1161\u11a8\u1112힣", "日本語ฉันहिन्दीعربي", "\U0001f436\U0001f3fd\u200d\U0001f9ba\U0001d15e\U0002f800",
 "\ufb01\ufb2c\u0958\u1e9b\u0344\u2126\u212b\u0f73\u09c7\u09be\U00016d67\U00016d63\U00011938\U00011935\U00011930\U0001611e\U0001611f", "\x00\x01\x7f\x80\x9f\xad\xff"]
WORDS = ["<|startoftext|>", "<|endoftext|>", "<|STARTOFTEXT|>", "<|EndOfText|>", "<|endof", "text|>", "'s", "'T", "'ll", "'VE", "'re", "photo", "astronaut", "masterpiece", "!", "!!", "don't", "<|endoftext|>>", "\u0338", "sks_word"]
def character():
    code = random.randrange(0x110000)
    return "" if 0xd800 <= code < 0xe000 else chr(code)
def hostile():
    pools = random.sample(POOLS, random.randint(1, 4)); out = []
    for _ in range(random.randint(0, random.choice([3, 10, 40, 120]))):
        kind = random.random()
        out.append(random.choice(WORDS) if kind < .15 else character() if kind < .2 else chr(random.randrange(0x20, 0x3000)) if kind < .3 else random.choice(random.choice(pools)))
    return "".join(out)
def case(text):
    got = real(text, return_offsets_mapping=True); ids = got["input_ids"]
    return [text, ids, utf16(text[:got["offset_mapping"][76][0]]) if len(ids) > 77 else None]
write("strings.json", [case(hostile()) for _ in range(300)])

# folders: {name, files (beside the vocabulary of tiny-sd2-v, or instead of the ones in tiny-sd21-v), json (which of the two), cases: [text, padded ids]}
def token(content, normalized=True, **more): return {"content": content, "lstrip": False, "normalized": normalized, "rstrip": False, "single_word": False, **more}
def typed(content): return {"__type": "AddedToken", **token(content)}
START, END = "<|startoftext|>", "<|endoftext|>"
MAP = {"bos_token": token(START), "eos_token": token(END), "pad_token": END, "unk_token": token(END)}
CONFIG = {"model_max_length": 77, "tokenizer_class": "CLIPTokenizer", "do_lower_case": True}
DECODER = {"0": token("!", False, special=True), "768": token(START, special=True), "769": token(END, False, special=True)}
FOLDERS = [
 ("nothing beside the vocabulary", False, {}),
 ("as stable-diffusion-v1 has it", False, {"tokenizer_config.json": {**CONFIG, "bos_token": typed(START), "eos_token": typed(END), "pad_token": END, "unk_token": typed(END)}, "special_tokens_map.json": MAP}),
 ("as stable-diffusion-2 has it", False, {"tokenizer_config.json": {**CONFIG, "bos_token": typed(START), "eos_token": typed(END), "pad_token": END, "unk_token": typed(END)}, "special_tokens_map.json": {**MAP, "pad_token": "!"}}),
 ("a config alone", False, {"tokenizer_config.json": {**CONFIG, "bos_token": START, "eos_token": END, "pad_token": "!", "unk_token": END}}),
 ("a config with added_tokens_decoder, which the map cannot overrule", False, {"tokenizer_config.json": {**CONFIG, "added_tokens_decoder": DECODER, "bos_token": START, "eos_token": END, "pad_token": "!", "unk_token": END}, "special_tokens_map.json": MAP}),
 ("a map whose pad token is an object", False, {"tokenizer_config.json": CONFIG, "special_tokens_map.json": {**MAP, "pad_token": token("!", False)}}),
 ("learned words in added_tokens.json", False, {"tokenizer_config.json": CONFIG, "special_tokens_map.json": MAP, "added_tokens.json": {"<cat-toy>": 770, "<Dog>": 771}}),
 ("learned words in added_tokens_decoder", False, {"tokenizer_config.json": {**CONFIG, "added_tokens_decoder": {**DECODER, "770": token("<cat-toy>", special=False), "771": token("<Dog>", False, special=False), "772": token("dog", single_word=True, special=False)}, "pad_token": "!"}}),
 ("additional special tokens", False, {"tokenizer_config.json": {**CONFIG, "additional_special_tokens": ["<cat-toy>", "in"]}, "special_tokens_map.json": MAP}),
 ("tokenizer.json alone", True, {"tokenizer_config.json": None}),
 ("tokenizer.json and the files of stable-diffusion-2", True, {"tokenizer_config.json": {**CONFIG, "pad_token": END}, "special_tokens_map.json": {**MAP, "pad_token": "!"}}),
 ("tokenizer.json and added_tokens_decoder", True, {"tokenizer_config.json": {**CONFIG, "added_tokens_decoder": DECODER, "pad_token": "!"}}),
]
TEXTS = ["", "! !! !!! a!b !", "<|startoftext|> a <|ENDOFTEXT|><|endoftext|>!<|StartOfText|>!!", "<cat-toy> <CAT-TOY>! <Dog><dog> dog dogs hotdog (dog) in", "word "*100]
def folder(name, is_json, files):
    with tempfile.TemporaryDirectory() as d:
        for source in (["tokenizer.json", "tokenizer_config.json"] if is_json else ["vocab.json", "merges.txt"]): shutil.copy(f"{TINY_JSON if is_json else TINY}/{source}", d)
        for file, value in files.items():
            if value is None: os.remove(f"{d}/{file}")
            else: json.dump(value, open(f"{d}/{file}", "w"))
        t = CLIPTokenizer.from_pretrained(d)
        return dict(name=name, json=is_json, files=files, cases=[[x, t(x, padding="max_length", max_length=77, truncation=True)["input_ids"]] for x in TEXTS])
write("folders.json", [folder(*f) for f in FOLDERS])

# all of Unicode but surrogates: each code point alone in a word, and before and behind a mark that it may change places with.
# Left out are the letters that got a lower case in Unicode 17, which a runtime may not know yet.
def known(c): return not (0xd800 <= c < 0xe000 or 0xa7ce <= c <= 0xa7d4 or 0x16ea0 <= c <= 0x16ed3)
digest = hashlib.sha256()
for block in range(0, 0x110000, 256):
    codes = [chr(c) for c in range(block, block + 256) if known(c)]
    for form in ["a{}a", "x{}\u0334", "x\u0345{}"]:
        ids = real(" ".join(form.format(c) for c in codes))["input_ids"]
        digest.update(struct.pack(f"<{len(ids)}i", *ids))
json.dump({"sha256": digest.hexdigest()}, open(f"{HERE}/unicode.json", "w"))
