#include "datasets/synthesis/room.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "datasets/synthesis/sample_rate.h"

namespace culturemert {
namespace {

constexpr std::size_t kCombSamples[] = {607, 691, 773, 881};
constexpr std::size_t kAllPassSamples[] = {241, 83};
constexpr float kAllPassGain = 0.6f;
constexpr float kDamping = 0.3f;
constexpr double kShelfHz = 800;
constexpr double kPi = 3.14159265358979323846;
constexpr double kMaxPeak = 0.95;
constexpr std::size_t kFadeSamples = kRenderRateHz / 200;

double FromDb(double db) { return std::pow(10, db / 20); }

double RootMeanSquare(absl::Span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) {
    sum += static_cast<double>(sample) * sample;
  }
  return samples.empty() ? 0
                         : std::sqrt(sum / static_cast<double>(samples.size()));
}

void AddComb(absl::Span<const float> in, std::size_t delay, float feedback,
             std::vector<float>* out) {
  std::vector<float> line(delay);
  float low = 0;
  std::size_t place = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const float delayed = line[place];
    low = delayed + kDamping * (low - delayed);
    line[place] = in[i] + feedback * low;
    (*out)[i] += delayed;
    if (++place == delay) place = 0;
  }
}

void AllPass(std::size_t delay, std::vector<float>* samples) {
  std::vector<float> line(delay);
  std::size_t place = 0;
  for (float& sample : *samples) {
    const float delayed = line[place];
    const float out = delayed - kAllPassGain * sample;
    line[place] = sample + kAllPassGain * out;
    sample = out;
    if (++place == delay) place = 0;
  }
}

void AddReverberation(const Room& room, std::vector<float>* samples) {
  if (room.reverb_seconds <= 0) return;
  std::vector<float> wet(samples->size());
  for (const std::size_t delay : kCombSamples) {
    const double seconds = static_cast<double>(delay) / kRenderRateHz;
    AddComb(*samples, delay,
            static_cast<float>(FromDb(-60 * seconds / room.reverb_seconds)),
            &wet);
  }
  for (const std::size_t delay : kAllPassSamples) AllPass(delay, &wet);
  const double wet_level = RootMeanSquare(wet);
  if (wet_level == 0) return;
  const auto gain = static_cast<float>(FromDb(room.reverb_db) *
                                       RootMeanSquare(*samples) / wet_level);
  for (std::size_t i = 0; i < wet.size(); ++i) (*samples)[i] += gain * wet[i];
}

void Tilt(double tilt_db, std::vector<float>* samples) {
  const auto pole = static_cast<float>(1 - 2 * kPi * kShelfHz / kRenderRateHz);
  const auto high_gain = static_cast<float>(FromDb(tilt_db / 2));
  const auto low_gain = static_cast<float>(FromDb(-tilt_db / 2));
  float low = 0;
  for (float& sample : *samples) {
    low = sample + pole * (low - sample);
    sample = low_gain * low + high_gain * (sample - low);
  }
}

void AddHiss(double noise_db, const RandomStream& noise,
             std::vector<float>* samples) {
  // Uniform noise in [-1, 1) has an RMS of 1 / sqrt(3). Four values of a block.
  const auto scale = static_cast<float>(RootMeanSquare(*samples) *
                                        FromDb(noise_db) * std::sqrt(3.0));
  const std::size_t size = samples->size();
  for (std::size_t i = 0; i < size; i += 4) {
    const PhiloxBlock block = PhiloxBits(noise.seed(), noise.stream(), i / 4);
    for (std::size_t k = 0; k < 4 && i + k < size; ++k) {
      (*samples)[i + k] += scale * (2 * UniformFloatOfBits(block.word[k]) - 1);
    }
  }
}

}  // namespace

std::vector<std::int16_t> Record(const Room& room, const RandomStream& noise,
                                 absl::Span<const float> dry) {
  std::vector<float> samples(dry.begin(), dry.end());
  AddReverberation(room, &samples);
  Tilt(room.tilt_db, &samples);
  AddHiss(room.noise_db, noise, &samples);
  const std::size_t size = samples.size();
  for (std::size_t i = 0; i < std::min(kFadeSamples, size); ++i) {
    const float gain = static_cast<float>(i) / kFadeSamples;
    samples[i] *= gain;
    samples[size - 1 - i] *= gain;
  }
  const double level = RootMeanSquare(samples);
  float peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::fabs(sample));
  const double gain =
      peak == 0 ? 0
                : std::min(FromDb(room.level_dbfs) / level, kMaxPeak / peak);
  std::vector<std::int16_t> result(size);
  for (std::size_t i = 0; i < size; ++i) {
    result[i] =
        static_cast<std::int16_t>(std::lround(32767 * gain * samples[i]));
  }
  return result;
}

}  // namespace culturemert
