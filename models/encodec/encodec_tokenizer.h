// The Tokenizer that MERT's labels come from: the first books of EnCodec at
// 24 kHz.

#ifndef CULTUREMERT_MODELS_ENCODEC_ENCODEC_TOKENIZER_H_
#define CULTUREMERT_MODELS_ENCODEC_ENCODEC_TOKENIZER_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "models/encodec/encodec.h"
#include "models/encodec/encodec_config.h"
#include "models/tensors/named_tensors.h"
#include "models/tokenizer/tokenizer.h"

namespace culturemert {

// What EnCodec encodes from its zero state. Its codes depend on all that came
// before, most of all on the last second.
enum class EncodecUnit {
  // Pieces of kEncodecPieceSamples from the start of the audio on, the last one
  // shorter: bounded memory, and the codes of a piece can be made again from it
  // alone.
  kPiece,
  // The audio as a whole, as MERT's own labels were made.
  kWhole,
};

inline constexpr std::int64_t kEncodecPieceSamples = 30 * kEncodecRateHz;

struct EncodecTokenizerOptions {
  EncodecUnit unit = EncodecUnit::kPiece;
  int books = 8;    // 6 kbit/s
  int threads = 0;  // As in Encodec::Create.
};

class EncodecTokenizer : public Tokenizer {
 public:
  // Errors: those of Encodec::Create; kInvalidArgument unless the model has
  // options.books books.
  static absl::StatusOr<std::unique_ptr<EncodecTokenizer>> Create(
      const EncodecConfig& config, const NamedTensors& weights,
      const EncodecTokenizerOptions& options = {});

  absl::StatusOr<at::Tensor> Codes(const at::Tensor& audio) const override;
  int books() const override { return options_.books; }
  int codes_per_book() const override;

  // "encodec-24khz:books=8:unit=30s:xxh3=0f3c...", the unit "30s" or "whole",
  // the hash that of the names, shapes and values of the weights used.
  std::string identity() const override { return identity_; }

 private:
  EncodecTokenizer(const EncodecTokenizerOptions& options, std::string identity,
                   std::unique_ptr<Encodec> encodec);

  absl::StatusOr<at::Tensor> PieceCodes(const at::Tensor& audio) const;

  const EncodecTokenizerOptions options_;
  const std::string identity_;
  const std::unique_ptr<Encodec> encodec_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_ENCODEC_ENCODEC_TOKENIZER_H_
