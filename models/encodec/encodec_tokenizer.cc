#include "models/encodec/encodec_tokenizer.h"

#include <ATen/ops/cat.h>

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/tensors/torch_errors.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

static_assert(kEncodecPieceSamples % kEncodecHopSamples == 0,
              "the frames of a file are those of its pieces");

// Of the tensors that the codes depend on: not of the books left unused.
std::string HashWeights(const EncodecConfig& config,
                        const NamedTensors& weights, int books) {
  EncodecConfig used = config;
  used.books = books;
  Hasher hasher;
  for (const TensorSpec& spec : EncodecTensors(used)) {
    const at::Tensor tensor =
        weights.at(spec.name).detach().to(at::kCPU, at::kFloat).contiguous();
    hasher.UpdateField(spec.name);
    hasher.UpdateField(absl::StrJoin(spec.shape, ","));
    hasher.UpdateField(absl::string_view(
        static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()));
  }
  return hasher.Digest().ToHex();
}

}  // namespace

absl::StatusOr<std::unique_ptr<EncodecTokenizer>> EncodecTokenizer::Create(
    const EncodecConfig& config, const NamedTensors& weights,
    const EncodecTokenizerOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Encodec> encodec,
                   Encodec::Create(config, weights, options.threads));
  if (options.books < 1 || options.books > config.books) {
    return absl::InvalidArgumentError(
        absl::StrCat("encodec: ", options.books,
                     " books asked for, but the weights have ", config.books));
  }
  return CatchTorchErrors(
      [&]() -> absl::StatusOr<std::unique_ptr<EncodecTokenizer>> {
        const char* unit =
            options.unit == EncodecUnit::kPiece ? "30s" : "whole";
        std::string identity =
            absl::StrCat("encodec-24khz:books=", options.books, ":unit=", unit,
                         ":xxh3=", HashWeights(config, weights, options.books));
        return std::unique_ptr<EncodecTokenizer>(new EncodecTokenizer(
            options, std::move(identity), std::move(encodec)));
      });
}

EncodecTokenizer::EncodecTokenizer(const EncodecTokenizerOptions& options,
                                   std::string identity,
                                   std::unique_ptr<Encodec> encodec)
    : options_(options),
      identity_(std::move(identity)),
      encodec_(std::move(encodec)) {}

int EncodecTokenizer::codes_per_book() const {
  return static_cast<int>(encodec_->config().codes_per_book);
}

absl::StatusOr<at::Tensor> EncodecTokenizer::Codes(
    const at::Tensor& audio) const {
  return CatchTorchErrors([&]() -> absl::StatusOr<at::Tensor> {
    if (audio.dim() != 1) return PieceCodes(audio);
    ASSIGN_OR_RETURN(const at::Tensor codes, PieceCodes(audio.unsqueeze(0)));
    return codes.squeeze(0);
  });
}

absl::StatusOr<at::Tensor> EncodecTokenizer::PieceCodes(
    const at::Tensor& audio) const {
  if (options_.unit == EncodecUnit::kWhole || audio.dim() != 2 ||
      audio.size(1) <= kEncodecPieceSamples) {
    return encodec_->Codes(audio, options_.books);
  }
  const std::int64_t rows = audio.size(0);
  const std::int64_t pieces = audio.size(1) / kEncodecPieceSamples;
  const std::int64_t rest = audio.size(1) % kEncodecPieceSamples;
  // All whole pieces at once: their LSTM states share the reading of weights.
  ASSIGN_OR_RETURN(
      const at::Tensor whole,  // [rows * pieces, books, frames of a piece]
      encodec_->Codes(audio.narrow(1, 0, pieces * kEncodecPieceSamples)
                          .reshape({rows * pieces, kEncodecPieceSamples}),
                      options_.books));
  std::vector<at::Tensor> codes = {
      whole.view({rows, pieces, options_.books, whole.size(2)})
          .permute({0, 2, 1, 3})
          .reshape({rows, options_.books, pieces * whole.size(2)})};
  if (rest > 0) {
    ASSIGN_OR_RETURN(
        at::Tensor tail,
        encodec_->Codes(audio.narrow(1, pieces * kEncodecPieceSamples, rest),
                        options_.books));
    codes.push_back(std::move(tail));
  }
  return at::cat(codes, 2);
}

}  // namespace culturemert
