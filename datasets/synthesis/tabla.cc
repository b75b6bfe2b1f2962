#include "datasets/synthesis/tabla.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "datasets/synthesis/sample_rate.h"
#include "sndfile.h"
#include "soxr.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr const char* kFileNames[kNumTablaSamples] = {
    "tabla_ghe1.flac", "tabla_ghe4.flac", "tabla_ke3.flac", "tabla_na.flac",
    "tabla_tas1.flac", "tabla_tun1.flac", "tabla_te2.flac", "tabla_re.flac"};
constexpr double kMaxSeconds = 4;
constexpr int kMaxSourceRateHz = 192000;

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

absl::Status MissingError(absl::string_view path, absl::string_view reason) {
  return absl::NotFoundError(absl::StrCat(
      path, ": ", reason,
      "; the rendered corpora need the samples of Debian's "
      "package sonic-pi-samples (sudo apt-get install sonic-pi-samples)"));
}

absl::StatusOr<std::vector<float>> Resample(const std::vector<float>& samples,
                                            int rate_hz,
                                            const std::string& path) {
  std::vector<float> result(static_cast<std::size_t>(std::llround(
      static_cast<double>(samples.size()) * kRenderRateHz / rate_hz)));
  std::size_t written = 0;
  const soxr_error_t error = soxr_oneshot(
      rate_hz, kRenderRateHz, 1, samples.data(), samples.size(), nullptr,
      result.data(), result.size(), &written, nullptr, nullptr, nullptr);
  if (error != nullptr) {
    return absl::InternalError(
        absl::StrCat(path, ": libsoxr cannot resample it: ", error));
  }
  result.resize(written);
  return result;
}

absl::StatusOr<std::vector<float>> LoadSound(const std::string& path) {
  SF_INFO info = {};
  const std::unique_ptr<SNDFILE, CloseSoundFile> file(
      sf_open(path.c_str(), SFM_READ, &info));
  if (file == nullptr) return MissingError(path, sf_strerror(nullptr));
  if (info.channels != 1 || info.samplerate < kRenderRateHz ||
      info.samplerate > kMaxSourceRateHz || info.frames < 1) {
    return absl::DataLossError(absl::StrCat(
        path, ": ", info.channels, " channels at ", info.samplerate, " Hz, ",
        info.frames, " samples, but one channel at ", kRenderRateHz, " to ",
        kMaxSourceRateHz, " Hz was expected"));
  }
  std::vector<float> samples(static_cast<std::size_t>(std::min<sf_count_t>(
      info.frames, static_cast<sf_count_t>(kMaxSeconds * info.samplerate))));
  const sf_count_t read = sf_readf_float(
      file.get(), samples.data(), static_cast<sf_count_t>(samples.size()));
  if (read != static_cast<sf_count_t>(samples.size())) {
    return absl::DataLossError(absl::StrCat(path, ": only ", read, " of ",
                                            samples.size(),
                                            " samples could be decoded"));
  }
  ASSIGN_OR_RETURN(samples, Resample(samples, info.samplerate, path));
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::fabs(sample));
  if (peak == 0) return absl::DataLossError(absl::StrCat(path, ": silent"));
  for (float& sample : samples) sample /= peak;
  return samples;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TablaSamples>> TablaSamples::Load(
    absl::string_view folder) {
  std::vector<std::vector<float>> sounds;
  for (const char* name : kFileNames) {
    ASSIGN_OR_RETURN(std::vector<float> sound,
                     LoadSound(JoinPath(folder, name)));
    sounds.push_back(std::move(sound));
  }
  return absl::WrapUnique(new TablaSamples(std::move(sounds)));
}

void TablaSamples::Add(const Stroke& stroke, double gain,
                       absl::Span<float> mix) const {
  const absl::Span<const float> sound =
      Sound(static_cast<TablaSample>(stroke.sample));
  const double step = std::exp2(stroke.cents / 1200);
  const double scale = gain * stroke.gain;
  double position = 0;
  for (auto i = static_cast<std::size_t>(
           std::max(0.0, stroke.onset_seconds * kRenderRateHz));
       i < mix.size(); ++i, position += step) {
    const auto before = static_cast<std::size_t>(position);
    if (before + 1 >= sound.size()) break;
    const double part = position - static_cast<double>(before);
    mix[i] += static_cast<float>(
        scale * (sound[before] + part * (sound[before + 1] - sound[before])));
  }
}

}  // namespace culturemert
