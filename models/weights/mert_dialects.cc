#include "models/weights/dialects.h"

namespace culturemert {
namespace {

// Task heads and the like that MERT's encoder may come inside of.
#define INSIDE_OF "(?:hubert\\.|mert_model\\.|mert\\.|model\\.|module\\.)?"

constexpr NameRule kHuggingFace[] = {
    // Buffers of the CQT layer that MERT-v0's input features came from; models
    // that need them fail by the width of their projection.
    {INSIDE_OF "feature_extractor_cqt\\..*", nullptr},
    // Heads of HubertForCTC and HubertForSequenceClassification.
    {"(?:lm_head|projector|classifier)\\..*|layer_weights", nullptr},
    // Weight norm since PyTorch 2.1.
    {INSIDE_OF "(.*)\\.parametrizations\\.weight\\.original0", "\\1.weight_g"},
    {INSIDE_OF "(.*)\\.parametrizations\\.weight\\.original1", "\\1.weight_v"},
    {INSIDE_OF "(.*)", "\\1"},
};

#undef INSIDE_OF

// torch.save's dictionary has the model under "model"; a bare state dict has
// no such prefix.
#define IN_MODEL "(?:model\\.)?"
#define IN_LAYER IN_MODEL "(encoder\\.layers\\.\\d+)\\."

constexpr NameRule kFairseq[] = {
    {IN_MODEL "mask_emb", "masked_spec_embed"},
    {IN_MODEL "(feature_extractor\\.conv_layers\\.\\d+)\\.0\\.(weight|bias)",
     "\\1.conv.\\2"},
    // Index 2 is a group norm; with a layer norm it is the second of three
    // modules there.
    {IN_MODEL
     "(feature_extractor\\.conv_layers\\.\\d+)\\.2(?:\\.1)?\\.(weight|bias)",
     "\\1.layer_norm.\\2"},
    {IN_MODEL "layer_norm\\.(weight|bias)",
     "feature_projection.layer_norm.\\1"},
    {IN_MODEL "post_extract_proj\\.(weight|bias)",
     "feature_projection.projection.\\1"},
    {IN_MODEL "encoder\\.pos_conv\\.0\\.parametrizations\\.weight\\.original0",
     "encoder.pos_conv_embed.conv.weight_g"},
    {IN_MODEL "encoder\\.pos_conv\\.0\\.parametrizations\\.weight\\.original1",
     "encoder.pos_conv_embed.conv.weight_v"},
    {IN_MODEL "encoder\\.pos_conv\\.0\\.(weight_g|weight_v|bias)",
     "encoder.pos_conv_embed.conv.\\1"},
    {IN_MODEL "(encoder\\.layer_norm\\.(?:weight|bias))", "\\1"},
    {IN_LAYER "self_attn\\.([qkv]|out)_proj\\.(weight|bias)",
     "\\1.attention.\\2_proj.\\3"},
    {IN_LAYER "self_attn_layer_norm\\.(weight|bias)", "\\1.layer_norm.\\2"},
    {IN_LAYER "fc1\\.(weight|bias)", "\\1.feed_forward.intermediate_dense.\\2"},
    {IN_LAYER "fc2\\.(weight|bias)", "\\1.feed_forward.output_dense.\\2"},
    {IN_LAYER "(final_layer_norm\\.(?:weight|bias))", "\\1.\\2"},
    {IN_MODEL "(final_proj\\.(?:weight|bias)|label_embs_concat)", "\\1"},
    {IN_MODEL "(encoder_cqt_model\\.fc\\.(?:weight|bias))", "\\1"},
    // The kernels of nnAudio's CQT, which the suite computes; `lenghts` is
    // nnAudio's spelling.
    {IN_MODEL "encoder_cqt_model\\.spec_layer\\."
              "(?:lenghts|lengths|cqt_kernels_real|cqt_kernels_imag|fft_.*)",
     nullptr},
    // The mel-spectrogram head of early versions.
    {IN_MODEL "encoder_mel_model\\..*", nullptr},
    // What the trainer saves beside the model.
    {"(?:last_optimizer_state|optimizer_history|extra_state|criterion|"
     "task_state|ema)\\..*",
     nullptr},
};

#undef IN_LAYER
#undef IN_MODEL

constexpr Dialect kDialects[] = {
    {"huggingface", "a Hugging Face HuBERT or MERT",
     ".*encoder\\.layers\\.\\d+\\.attention\\.[qkv]_proj\\.weight",
     kHuggingFace},
    {"fairseq", "a fairseq MERT",
     "(?:model\\.)?encoder\\.layers\\.\\d+\\.self_attn\\.[qkv]_proj\\.weight",
     kFairseq},
};

}  // namespace

absl::Span<const Dialect> MertDialects() { return kDialects; }

}  // namespace culturemert
