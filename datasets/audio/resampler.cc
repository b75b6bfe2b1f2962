#include "datasets/audio/resampler.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "soxr.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kMaxHz = 1 << 20;

}  // namespace

struct Resampler::Soxr {
  explicit Soxr(soxr_t handle) : handle(handle) {}
  ~Soxr() { soxr_delete(handle); }

  const soxr_t handle;
};

std::uint64_t ResampledLength(std::uint64_t samples, int from_hz, int to_hz) {
  const std::uint64_t from = from_hz;
  const std::uint64_t to = to_hz;
  return (2 * samples * to + from) / (2 * from);
}

absl::StatusOr<std::unique_ptr<Resampler>> Resampler::Create(int from_hz,
                                                             int to_hz) {
  for (const int rate_hz : {from_hz, to_hz}) {
    if (rate_hz < 1 || rate_hz > kMaxHz) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot resample from ", from_hz, " to ", to_hz,
                       " Hz: expected rates from 1 to ", kMaxHz, " Hz"));
    }
  }
  std::unique_ptr<Soxr> soxr;
  if (from_hz != to_hz) {
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    soxr_error_t error = nullptr;
    const soxr_t handle = soxr_create(from_hz, to_hz, /*num_channels=*/1,
                                      &error, &io, &quality, &runtime);
    if (error != nullptr || handle == nullptr) {
      return absl::InternalError(
          absl::StrCat("libsoxr does not resample from ", from_hz, " to ",
                       to_hz, " Hz: ", error == nullptr ? "no memory" : error));
    }
    soxr = std::make_unique<Soxr>(handle);
  }
  return std::unique_ptr<Resampler>(
      new Resampler(from_hz, to_hz, std::move(soxr)));
}

Resampler::Resampler(int from_hz, int to_hz, std::unique_ptr<Soxr> soxr)
    : from_hz_(from_hz), to_hz_(to_hz), soxr_(std::move(soxr)) {}

Resampler::~Resampler() = default;

absl::Status Resampler::Process(absl::Span<const float> samples,
                                std::vector<float>* out) {
  taken_ += samples.size();
  if (soxr_ == nullptr) {
    out->insert(out->end(), samples.begin(), samples.end());
    given_ += samples.size();
    return absl::OkStatus();
  }
  // Room for what these samples become and for what was held back.
  constexpr std::size_t kSpare = 4096;
  while (!samples.empty()) {
    const std::size_t old_size = out->size();
    const std::size_t room =
        ResampledLength(samples.size(), from_hz_, to_hz_) + kSpare;
    out->resize(old_size + room);
    std::size_t read = 0;
    std::size_t written = 0;
    const soxr_error_t error =
        soxr_process(soxr_->handle, samples.data(), samples.size(), &read,
                     out->data() + old_size, room, &written);
    out->resize(old_size + written);
    given_ += written;
    if (error != nullptr) {
      return absl::InternalError(absl::StrCat("libsoxr fails: ", error));
    }
    samples.remove_prefix(read);
  }
  return absl::OkStatus();
}

absl::Status Resampler::Finish(std::vector<float>* out) {
  const std::uint64_t length = ResampledLength(taken_, from_hz_, to_hz_);
  const std::uint64_t before = given_;
  const std::size_t old_size = out->size();
  const std::uint64_t missing = length - std::min(length, before);
  const std::vector<float> silence(4096, 0.0f);
  // The filter holds back a few thousand samples at the lower rate.
  std::uint64_t most_silence = ResampledLength(missing, to_hz_, from_hz_) +
                               64 * silence.size() * (1 + from_hz_ / to_hz_);
  while (given_ < length) {
    if (most_silence < silence.size()) {
      return absl::InternalError("libsoxr holds back samples");
    }
    most_silence -= silence.size();
    RETURN_IF_ERROR(Process(silence, out));
  }
  out->resize(old_size + missing);
  given_ = length;
  return absl::OkStatus();
}

std::string SoxrVersion() {
  absl::string_view version = soxr_version();
  absl::ConsumePrefix(&version, "libsoxr-");
  return absl::StrCat("libsoxr ", version, " HQ");
}

}  // namespace culturemert
