/**
 * Texts that other studios write into pictures, constructed here as their sources write them: the same keys, the same
 * order, the same quoting. None of them comes from a real picture.
 */

/** stable-diffusion-webui, modules/processing.py create_infotext. */
export const A1111 =
  "a lighthouse, oil on canvas\nNegative prompt: blurry, text\n" +
  "Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 18446744073709551615, " +
  "Size: 768x512, Model hash: ad2a33c361, Model: v2-1_768-ema-pruned, Version: v1.10.1";

/** Fooocus, modules/meta_parser.py FooocusMetadataParser.to_string. */
export const FOOOCUS_JSON = JSON.stringify({
  adm_guidance: "(1.5, 0.8, 0.3)",
  base_model: "juggernautXL_v8Rundiffusion",
  base_model_hash: "aeb7e9e689",
  full_negative_prompt: ["anime, photographic"],
  full_prompt: ["cinematic still a lighthouse . emotional, harmonious"],
  guidance_scale: 4,
  loras: [["sd_xl_offset_example-lora_1.0", 0.1, "4852686128"]],
  metadata_scheme: "fooocus",
  negative_prompt: "",
  performance: "Speed",
  prompt: "a lighthouse",
  resolution: "(1152, 896)",
  sampler: "dpmpp_2m",
  scheduler: "karras",
  seed: "7036874417766400",
  sharpness: 2,
  steps: 30,
  styles: "['Fooocus V2']",
  vae: "Default (model)",
  version: "Fooocus v2.5.5",
});

/** Fooocus, modules/meta_parser.py A1111MetadataParser.to_string. */
export const FOOOCUS_INFOTEXT =
  "cinematic still a lighthouse at night . emotional, a lighthouse\nNegative prompt: anime, photographic\n" +
  "Steps: 30, Sampler: DPM++ 2M Karras, Seed: 42, Size: 1152x896, CFG scale: 4, Sharpness: 2, " +
  'ADM Guidance: "(1.5, 0.8, 0.3)", Model: juggernautXL_v8Rundiffusion, Model hash: aeb7e9e689, ' +
  "Performance: Speed, Scheduler: karras, VAE: Default (model), " +
  'Raw prompt: "a lighthouse\\nat night", Raw negative prompt: "", Version: Fooocus v2.5.5';

/** InvokeAI, invokeai/app/invocations/metadata.py CoreMetadataInvocation. */
export const INVOKEAI = JSON.stringify({
  generation_mode: "txt2img",
  positive_prompt: "a lighthouse",
  negative_prompt: "blurry",
  width: 768,
  height: 768,
  seed: 2471219532,
  rand_device: "cpu",
  cfg_scale: 7.5,
  cfg_rescale_multiplier: 0,
  steps: 30,
  scheduler: "euler_a",
  model: {
    key: "8d1f0f2e-0b6e-4f59-9a36-0c5d8f3f4a10",
    hash: "blake3:0a1b",
    name: "stable-diffusion-2-1",
    base: "sd-2",
    type: "main",
  },
  strength: 0.7,
  app_version: "5.6.0",
});

/** InvokeAI 2.2.5, ldm/invoke/args.py metadata_dumps. */
export const SD_METADATA = JSON.stringify({
  model: "stable diffusion",
  model_weights: "stable-diffusion-1.5",
  model_hash: "cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516",
  app_id: "invoke-ai/InvokeAI",
  app_version: "2.2.5",
  image: {
    prompt: [{ prompt: "a lighthouse, at night [blurry text]", weight: 1 }],
    steps: 50,
    cfg_scale: 7.5,
    threshold: 0,
    perlin: 0,
    height: 768,
    width: 512,
    seed: 4210583922,
    seamless: false,
    hires_fix: false,
    type: "txt2img",
    postprocessing: null,
    sampler: "k_euler_a",
    variations: [],
  },
});

/** InvokeAI 1 and 2, ldm/invoke/args.py Args.dream_prompt_str. */
export const DREAM =
  '"a "lighthouse", at night [blurry text]" -s 50 -S 4210583922 -W 512 -H 768 -C 7.5 -A k_euler_a';

/** StabilityMatrix, GenerationParameters by System.Text.Json: a seed of 64 bits is a bare number. */
export const STABILITY_MATRIX =
  '{"PositivePrompt":"(cat:1.2), by artist","NegativePrompt":"blurry","Steps":30,' +
  '"Sampler":"DPM++ 2M Karras","CfgScale":7,"Seed":18446744073709551615,"Height":896,"Width":640,' +
  '"ModelHash":"b899d188a1ac","ModelName":"ExampleMix7","FrameCount":0,"Lossless":true}';

/** ComfyUI's default graph, with an upscaling second pass whose number comes first; NaN as Python writes it. */
export const COMFYUI =
  '{"2":{"class_type":"KSampler","inputs":{"seed":1,"steps":5,"cfg":4.0,"sampler_name":"ddim",' +
  '"scheduler":"normal","denoise":0.5,"model":["4",0],"positive":["6",0],"negative":["7",0],' +
  '"latent_image":["9",0]},"is_changed":[NaN]},' +
  '"3":{"class_type":"KSampler","inputs":{"seed":["11",0],"steps":20,"cfg":8.0,"sampler_name":"euler",' +
  '"scheduler":"normal","denoise":1.0,"model":["10",0],"positive":["12",0],"negative":["7",0],' +
  '"latent_image":["5",0]}},' +
  '"4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"sd2\\\\v2-1_768-ema-pruned.ckpt"}},' +
  '"5":{"class_type":"EmptyLatentImage","inputs":{"width":512,"height":768,"batch_size":1}},' +
  '"6":{"class_type":"CLIPTextEncode","inputs":{"text":["13",0],"clip":["4",1]}},' +
  '"7":{"class_type":"CLIPTextEncode","inputs":{"text":"text, watermark","clip":["4",1]}},' +
  '"8":{"class_type":"VAEDecode","inputs":{"samples":["2",0],"vae":["4",2]}},' +
  '"9":{"class_type":"VAEEncode","inputs":{"pixels":["8",0],"vae":["4",2]}},' +
  '"10":{"class_type":"LoraLoader","inputs":{"lora_name":"x.safetensors","model":["4",0],"clip":["4",1]}},' +
  '"11":{"class_type":"PrimitiveInt","inputs":{"value":18446744073709551614}},' +
  '"12":{"class_type":"ControlNetApply","inputs":{"conditioning":["6",0],"strength":1.0}},' +
  '"13":{"class_type":"PrimitiveString","inputs":{"value":"a lighthouse"}}}';

const drawThings = (prompt: string) =>
  JSON.stringify({
    c: prompt,
    uc: "blurry",
    steps: 20,
    sampler: "DPM++ 2M Karras",
    scale: 7.5,
    seed: 3421,
    size: "768x768",
    model: "sd_v2.1_768_v_f16.ckpt",
    strength: 1,
    seed_mode: "Scale Alike",
    v2: { steps: 20, seed: 3421 },
  });

/** Draw Things, ImageConverter.swift: the user comment of its JPEGs. */
export const DRAW_THINGS = drawThings("a lighthouse");

/** The same in the form in which ImageIO puts it into the XMP of a PNG. */
export const DRAW_THINGS_XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 6.0.0">\n <rdf:RDF>\n' +
  '  <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/">\n' +
  "   <xmp:CreatorTool>Draw Things</xmp:CreatorTool>\n   <exif:UserComment>\n    <rdf:Alt>\n" +
  '     <rdf:li xml:lang="x-default">' +
  drawThings('a "lighthouse" & <sea>')
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&#34;") +
  "</rdf:li>\n    </rdf:Alt>\n   </exif:UserComment>\n  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>";
