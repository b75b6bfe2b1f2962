// Which segment of which recording comes next: a pure function of (seed, epoch,
// index), so that the order of training depends neither on threads nor on
// ranks, and a resumed run goes on where it was.
//
// What the field does: fairseq, with which HuBERT and MERT are trained, visits
// every item of the corpus once an epoch in shuffled order, each time with a
// new random crop (fairseq/data/audio/raw_audio_dataset.py and
// hubert_dataset.py), and CultureMERT mixes cultures by hours. Where items are
// pieces of equal length this is what kShuffledEpochs does; in general it
// visits every segment's worth of audio once, so that a recording of an hour
// counts 120 times as much as one of 30 seconds.
//
// Segments never cross the end of a recording, nor the border of two tokenizer
// pieces: a piece is encoded from a fresh state, so that the codes of a crop
// across two of them would not be those of one continuous stretch.
//
// Short recordings: MERT drops items shorter than 72000 samples (3 s) and cuts
// every batch to its shortest member (min_sample_size, pad_audio false). Here
// pieces shorter than minimum_samples are never drawn from. By default that is
// a whole segment: every segment is complete, and what is lost are tails
// shorter than 5 s. With 72000 MERT's rule is followed: a piece shorter than a
// segment is drawn whole, and batch_plan.h cuts the batch. Nothing is ever
// padded: the group norm of MERT's first layer averages over all time, so that
// zeros would change all outputs.

#ifndef CULTUREMERT_DATASETS_SAMPLING_SEGMENT_SAMPLER_H_
#define CULTUREMERT_DATASETS_SAMPLING_SEGMENT_SAMPLER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "datasets/sampling/culture_mix.h"
#include "datasets/sampling/drawable_audio.h"
#include "datasets/sampling/segment.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {

// What the sampler has to know of a recording.
struct SampledRecording {
  std::int64_t samples = 0;  // 0 to DrawableAudio::kMaxRecordingSamples.
  std::string culture;
};

enum class Drawing {
  // The drawable audio of a culture, laid end to end, is cut into slots of (at
  // least) one segment's length. A pass over the culture visits its slots in
  // random order, each once, and draws from each a uniformly random point,
  // which names a segment as DrawableAudio::At says. So a pass draws from every
  // recording in proportion to its duration, to within two segments, and the
  // segments spread over the recording. Passes follow one another without
  // regard to epochs: no slot is visited for the n-th time before all others of
  // its culture have been visited n - 1 times, however much or little of the
  // culture an epoch takes. An epoch holds a fixed number of segments of each
  // culture, in random order.
  kShuffledEpochs,
  // Every segment is drawn on its own: a culture by its share, a uniformly
  // random point of that culture's audio.
  kWithReplacement,
};

// Lengths in samples (24000 a second). The same list of recordings, options and
// version of this code give the same segments for ever; a test pins them.
struct SegmentSamplerOptions {
  std::uint64_t seed = 0;
  std::int64_t segment_samples = 120000;  // >= 1; 5 s.
  // The shortest piece that is drawn from; 0 stands for segment_samples.
  std::int64_t minimum_samples = 0;
  // Segments stay within pieces of this length, counted from the recording's
  // start; 0: one piece a recording. At least the minimum; 30 s.
  std::int64_t piece_samples = 720000;
  Drawing drawing = Drawing::kShuffledEpochs;
  CultureMix mix;
};

// What the sampler makes of one culture, for records and reports.
struct SampledCulture {
  std::string culture;
  bool replay = false;
  std::int64_t recordings = 0;
  std::int64_t recordings_too_short = 0;  // Among them; never drawn from.
  std::uint64_t drawable_samples = 0;
  std::uint64_t slots = 0;  // Segments in one pass over the culture.
  // Of the segments of an epoch (kShuffledEpochs), or the chance to be drawn.
  double share = 0;
};

// All members are safe to call from any thread.
class SegmentSampler {
 public:
  // The order of `recordings` counts; it is not kept. Takes a time linear in
  // their number (up to a logarithm in that of the cultures) and 24 bytes each.
  //
  // kInvalidArgument when an option is out of range, a duration is negative or
  // beyond the maximum, no recording is long enough, the mix cannot be had (see
  // CultureShares), or, in kShuffledEpochs, an epoch would be longer than 2^40
  // segments or too short to hold one segment of every culture.
  static absl::StatusOr<std::unique_ptr<SegmentSampler>> Create(
      absl::Span<const SampledRecording> recordings,
      const SegmentSamplerOptions& options);

  // Segment `index` of epoch `epoch`; an index beyond the epoch runs on into
  // the next ones. Logarithmic in the number of recordings; about a
  // microsecond.
  Segment At(std::uint64_t epoch, std::uint64_t index) const;

  // Segment `number` of the whole training, counted through all epochs:
  // At(number / segments_per_epoch(), number % segments_per_epoch()).
  Segment At(std::uint64_t number) const;

  // One pass over the cultures of the mix, that is their number of slots,
  // whatever their shares, and the replay that belongs to it: slots / (1 -
  // replay_fraction), rounded; one pass over the replay where that is all.
  std::uint64_t segments_per_epoch() const { return segments_per_epoch_; }

  // Of every segment that is as long as can be.
  std::int64_t segment_samples() const { return segment_samples_; }
  // Of the shortest segment there is; segment_samples() if all are whole.
  std::int64_t shortest_segment_samples() const {
    return shortest_segment_samples_;
  }

  // All cultures of the list, sorted by name.
  const std::vector<SampledCulture>& cultures() const { return cultures_; }

 private:
  // A culture that is drawn from.
  struct Source {
    DrawableAudio audio;
    RandomStream random;
    std::uint64_t slots;
    std::uint64_t quota;  // Segments an epoch.
  };

  explicit SegmentSampler(const SegmentSamplerOptions& options);

  // Takes what it needs of `audio`, which has every culture of cultures_.
  absl::Status AddSources(std::map<std::string, DrawableAudio>& audio,
                          const CultureMix& mix);
  void SetShares(const std::vector<CultureShare>& shares);
  absl::Status SetQuotas(const std::vector<CultureShare>& shares,
                         const std::vector<std::uint64_t>& quotas);
  SampledCulture& FindCulture(const std::string& name);

  Segment DrawFromSlot(const Source& source, std::uint64_t position) const;
  Segment DrawShuffled(std::uint64_t epoch, std::uint64_t index) const;
  Segment DrawWithReplacement(std::uint64_t epoch, std::uint64_t index) const;

  const Drawing drawing_;
  const std::int64_t segment_samples_;
  const RandomStream random_;
  std::int64_t shortest_segment_samples_ = 0;
  std::uint64_t segments_per_epoch_ = 0;
  std::vector<SampledCulture> cultures_;
  std::vector<Source> sources_;
  // By sources, for either drawing: where the source's segments end among the
  // numbers of an epoch, and where its interval ends in [0, 1].
  std::vector<std::uint64_t> quota_ends_;
  std::vector<double> share_ends_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_DATASETS_SAMPLING_SEGMENT_SAMPLER_H_
