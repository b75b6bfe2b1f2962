// culturemert audio render: one recording of a rendered corpus, to listen to.

#include <cmath>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "datasets/audio/wav_writer.h"
#include "datasets/synthesis/corpus_renderer.h"
#include "datasets/synthesis/sample_rate.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"

ABSL_FLAG(std::string, corpus, "",
          "the rendered corpus: makam, hindustani, carnatic, greek, "
          "western_tags, western_genres or western");
ABSL_FLAG(std::uint64_t, index, 0, "which of the corpus's recordings");
ABSL_FLAG(std::uint64_t, seed, 0, "of the rendered corpus");
ABSL_FLAG(double, clip_seconds, 8, "length of a rendered recording");

namespace culturemert {
namespace {

constexpr std::uint64_t kMaxIndex = std::uint64_t{1} << 60;

void PrintLabels(const RecordingLabels& labels, std::ostream& out) {
  out << "recording  " << labels.id << "\n"
      << "culture    " << labels.culture << "\n"
      << "tune       " << labels.tune << "\n"
      << "split      " << NameOf(labels.split) << "\n"
      << absl::StrFormat("tonic      %.1f Hz\n",
                         440 * std::exp2((labels.tonic_cents - 6900) / 1200));
  if (labels.pulses_per_minute > 0) {
    out << absl::StrFormat("tempo      %.0f pulses a minute\n",
                           labels.pulses_per_minute);
  } else {
    out << "tempo      unmetred\n";
  }
  for (const std::string& tag : labels.tags)
    out << "tag        " << tag << "\n";
}

absl::Status CheckUsage(const std::vector<std::string>& arguments) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  if (absl::GetFlag(FLAGS_corpus).empty()) {
    return UsageError(absl::StrCat("--corpus=NAME is needed, one of ",
                                   absl::StrJoin(RenderedCorpusNames(), ", ")));
  }
  if (absl::GetFlag(FLAGS_output).empty()) {
    return UsageError("--output=FILE is needed, the WAV file to write");
  }
  if (absl::GetFlag(FLAGS_index) >= kMaxIndex) {
    return UsageError(absl::StrCat("--index=", absl::GetFlag(FLAGS_index),
                                   " is not below ", kMaxIndex));
  }
  return absl::OkStatus();
}

absl::Status RunAudioRender(const std::vector<std::string>& arguments,
                            std::ostream& out) {
  RETURN_IF_ERROR(CheckUsage(arguments));
  RenderOptions options;
  options.seed = absl::GetFlag(FLAGS_seed);
  options.clip_seconds = absl::GetFlag(FLAGS_clip_seconds);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<CorpusRenderer> renderer,
      CorpusRenderer::Create(absl::GetFlag(FLAGS_corpus), options));
  ASSIGN_OR_RETURN(const RenderedRecording recording,
                   renderer->Render(absl::GetFlag(FLAGS_index)));
  RETURN_IF_ERROR(WritePcm16Wav(Files::Real(),
                                ResolveUserPath(absl::GetFlag(FLAGS_output)),
                                recording.samples, kRenderRateHz));
  PrintLabels(recording.labels, out);
  return absl::OkStatus();
}

const bool registered = RegisterCommand(
    {"audio render",
     "writes one recording of a rendered corpus as WAV and prints its labels",
     "--corpus=NAME --index=N --output=FILE [--seed=N] [--clip_seconds=S]",
     {"corpus", "index", "seed", "clip_seconds", "output"},
     &RunAudioRender});

}  // namespace
}  // namespace culturemert
