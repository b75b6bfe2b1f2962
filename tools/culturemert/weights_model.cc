#include "tools/culturemert/weights_model.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/weights/checkpoint_source.h"
#include "models/weights/dialects.h"
#include "models/weights/encodec_weights.h"
#include "models/weights/mert_config_json.h"
#include "models/weights/mert_weights.h"
#include "tools/base/config/config.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

// The fields that both kinds of checkpoint have.
template <typename Checkpoint>
void TakeCommonFields(Checkpoint& checkpoint, ModelWeights& weights) {
  weights.dialect = std::move(checkpoint.dialect);
  weights.format = std::move(checkpoint.format);
  weights.paths = std::move(checkpoint.paths);
  weights.ignored = std::move(checkpoint.ignored);
  weights.notes = std::move(checkpoint.notes);
}

absl::StatusOr<ModelWeights> LoadMert(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(MertCheckpoint checkpoint, LoadMertCheckpoint(files, path));
  const MertConfig& config = checkpoint.config;
  ModelWeights weights;
  weights.model = "MERT";
  weights.shape = absl::StrCat(
      config.layers, " layers of ", config.hidden_size, ", ", config.heads,
      " attention heads, feed-forward ", config.feed_forward_size,
      ", convolutions of ", config.conv_channels, ", norms ",
      config.norm_placement == NormPlacement::kPost
          ? "behind the residual sums"
          : "before attention and feed-forward");
  if (!checkpoint.heads.empty()) {
    absl::StrAppend(&weights.shape, "; heads for ", config.codebooks,
                    " books of ", config.codes, " codes and ", config.cqt_bins,
                    " CQT bins");
  }
  ASSIGN_OR_RETURN(weights.metadata[kMertConfigKey], CanonicalConfig(config));
  TakeCommonFields(checkpoint, weights);
  weights.tensors = std::move(checkpoint.encoder);
  weights.tensors.merge(checkpoint.heads);
  return weights;
}

absl::StatusOr<ModelWeights> LoadEncodec(Files& files, absl::string_view path) {
  ASSIGN_OR_RETURN(EncodecCheckpoint checkpoint,
                   LoadEncodecCheckpoint(files, path));
  const EncodecConfig& config = checkpoint.config;
  ModelWeights weights;
  weights.model = "EnCodec";
  weights.shape = absl::StrCat(
      "base width ", config.base_width, ", strides ",
      absl::StrJoin(config.ratios, " "), ", latent size ", config.latent_size,
      ", ", config.books, " books of ", config.codes_per_book, " codes");
  TakeCommonFields(checkpoint, weights);
  weights.tensors = std::move(checkpoint.tensors);
  return weights;
}

}  // namespace

absl::StatusOr<ModelWeights> LoadModelWeights(Files& files,
                                              absl::string_view path) {
  ASSIGN_OR_RETURN(const CheckpointSource source,
                   ReadCheckpointSource(files, path));
  std::vector<std::string> names;
  for (const auto& [name, tensor] : source.tensors) names.push_back(name);
  std::vector<Dialect> dialects(MertDialects().begin(), MertDialects().end());
  for (const Dialect& dialect : EncodecDialects()) dialects.push_back(dialect);
  ASSIGN_OR_RETURN(const Dialect* const dialect,
                   Annotate(SniffDialect(dialects, names), path));
  const bool is_mert = dialect < dialects.data() + MertDialects().size();
  return is_mert ? LoadMert(files, path) : LoadEncodec(files, path);
}

}  // namespace culturemert
