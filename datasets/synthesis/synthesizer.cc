#include "datasets/synthesis/synthesizer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "datasets/synthesis/sample_rate.h"
#include "fluidsynth.h"
#include "tools/base/files/files.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kBlockSamples = 64;  // FluidSynth's own block.
constexpr int kChannelsPerPart = 6;
constexpr int kChannels = 96;
constexpr int kDrumChannel = 9;
constexpr int kDrumBank = 128;
constexpr int kVolumeController = 7;
constexpr double kTablaGain = 0.1;  // Beside a melody of the font.
constexpr int kMaxMelodicParts = (kChannels - 16) / kChannelsPerPart;
constexpr int kVoices = 96;
constexpr int kPrimingProgram = 80;  // One voice a note.
constexpr int kBendSemitones = 24;
constexpr int kBendCentre = 8192;
constexpr int kBlocksPerBend = 3;
constexpr double kSecondsPerBlock =
    static_cast<double>(kBlockSamples) / kRenderRateHz;

enum class Action {
  kRelease,
  kBend,
  kStrike
};  // In this order within a block.

struct Event {
  std::int64_t block;
  Action action;
  int channel;
  int key;
  int value;  // A bend, or a velocity.
};

std::int64_t BlockOf(double seconds) {
  return static_cast<std::int64_t>(std::llround(seconds / kSecondsPerBlock));
}

double CurveAt(const std::vector<PitchPoint>& curve, double seconds) {
  if (curve.empty()) return 0;
  if (seconds <= curve.front().seconds) return curve.front().cents;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    const PitchPoint& from = curve[i - 1];
    const PitchPoint& to = curve[i];
    if (seconds >= to.seconds) continue;
    const double part = (seconds - from.seconds) / (to.seconds - from.seconds);
    return from.cents + part * (to.cents - from.cents);
  }
  return curve.back().cents;
}

int BendOf(double cents) {
  const double steps = cents / (100.0 * kBendSemitones) * kBendCentre;
  return static_cast<int>(std::clamp<std::int64_t>(
      kBendCentre + std::llround(steps), 0, 2 * kBendCentre - 1));
}

// Adds a note's strike and release, and its bends if the channel is its own.
void AddNote(const Note& note, int channel, bool bent,
             std::vector<Event>* events) {
  const int key = static_cast<int>(
      std::clamp<std::int64_t>(std::llround(note.pitch_cents / 100), 0, 127));
  const std::int64_t first = BlockOf(note.onset_seconds);
  const std::int64_t last =
      std::max(first + 1, BlockOf(note.onset_seconds + note.seconds));
  const int velocity = std::clamp(note.velocity, 1, 127);
  events->push_back({first, Action::kStrike, channel, key, velocity});
  events->push_back({last, Action::kRelease, channel, key, 0});
  if (!bent) return;
  const double rest_cents = note.pitch_cents - 100.0 * key;
  int previous = -1;
  for (std::int64_t block = first; block < last; block += kBlocksPerBend) {
    const double seconds =
        static_cast<double>(block - first) * kSecondsPerBlock;
    const int bend = BendOf(rest_cents + CurveAt(note.curve, seconds));
    if (bend != previous) {
      events->push_back({block, Action::kBend, channel, key, bend});
    }
    previous = bend;
    if (note.curve.empty() || seconds > note.curve.back().seconds) break;
  }
}

int ControllerOfGain(double gain_db) {
  return static_cast<int>(
      std::clamp(std::round(127 * std::pow(10, gain_db / 40)), 1.0, 127.0));
}

// The velocity that sounds as much softer as the gain says: loudness goes with
// the square of both.
int VelocityOfGain(int velocity, double gain_db) {
  return static_cast<int>(std::clamp(
      std::round(velocity * std::pow(10, gain_db / 40)), 1.0, 127.0));
}

// FluidSynth prints to stderr unless told otherwise, and only for the whole
// process. What matters comes back as a Status.
void SilenceFluidSynth() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (int level = FLUID_PANIC; level < LAST_LOG_LEVEL; ++level) {
      fluid_set_log_function(level, nullptr, nullptr);
    }
  });
}

// Ends all sound at once. Voices are given up when the next block is rendered.
void Silence(fluid_synth_t* synth) {
  fluid_synth_all_sounds_off(synth, -1);
  float block[2 * kBlockSamples];
  fluid_synth_write_float(synth, kBlockSamples, block, 0, 2, block, 1, 2);
  fluid_synth_system_reset(synth);
}

// Plays two blocks of one same program on every voice, and returns how many
// voices that were. FluidSynth begins a note with the stereo gains that its
// voice's last note had, so that a voice's first note would fade in. It does so
// twice without a rest: a voice that is taken from a sounding note continues on
// a second, hidden voice with gains of its own.
int PrimeVoices(fluid_synth_t* synth, int font_id) {
  constexpr int kLowestKey = 24;
  fluid_synth_program_select(synth, 0, font_id, 0, kPrimingProgram);
  for (int round = 0; round < 2; ++round) {
    for (int key = kLowestKey; key < kLowestKey + kVoices; ++key) {
      fluid_synth_noteon(synth, 0, key, 64);
    }
    float blocks[4 * kBlockSamples];
    fluid_synth_write_float(synth, 2 * kBlockSamples, blocks, 0, 2, blocks, 1,
                            2);
  }
  const int primed = fluid_synth_get_active_voice_count(synth);
  Silence(synth);
  return primed;
}

// Adds a melodic part on channels of its own.
void PrepareMelodicPart(const Part& part, int first_channel, int font_id,
                        fluid_synth_t* synth, std::vector<Event>* events) {
  for (int i = 0; i < kChannelsPerPart; ++i) {
    const int channel = first_channel + i;
    fluid_synth_program_select(synth, channel, font_id, 0, part.program);
    fluid_synth_pitch_wheel_sens(synth, channel, kBendSemitones);
    fluid_synth_cc(synth, channel, kVolumeController,
                   ControllerOfGain(part.gain_db));
  }
  int turn = 0;
  for (const Note& note : part.notes) {
    AddNote(note, first_channel + turn, /*bent=*/true, events);
    turn = (turn + 1) % kChannelsPerPart;
  }
}

// Sets the channels up and returns what happens on them, in order of time. Drum
// kits share one channel, which has the first one's program and full volume.
absl::StatusOr<std::vector<Event>> Prepare(const Score& score, int font_id,
                                           fluid_synth_t* synth) {
  std::vector<Event> events;
  int melodic_parts = 0;
  bool has_kit = false;
  for (const Part& part : score.parts) {
    if (part.source == SoundSource::kDrumKit) {
      if (!has_kit) {
        fluid_synth_program_select(synth, kDrumChannel, font_id, kDrumBank,
                                   part.program);
      }
      has_kit = true;
      for (Note note : part.notes) {
        note.velocity = VelocityOfGain(note.velocity, part.gain_db);
        AddNote(note, kDrumChannel, /*bent=*/false, &events);
      }
    } else if (part.source == SoundSource::kMelodic) {
      if (melodic_parts == kMaxMelodicParts) {
        return absl::ResourceExhaustedError(absl::StrCat(
            "a score of ", score.parts.size(), " parts, but at most ",
            kMaxMelodicParts, " melodic ones can be played"));
      }
      PrepareMelodicPart(part, 16 + kChannelsPerPart * melodic_parts++, font_id,
                         synth, &events);
    }
  }
  std::stable_sort(
      events.begin(), events.end(), [](const Event& a, const Event& b) {
        return a.block != b.block ? a.block < b.block : a.action < b.action;
      });
  return events;
}

void Act(const Event& event, fluid_synth_t* synth) {
  switch (event.action) {
    case Action::kRelease:
      fluid_synth_noteoff(synth, event.channel, event.key);
      break;
    case Action::kBend:
      fluid_synth_pitch_bend(synth, event.channel, event.value);
      break;
    case Action::kStrike:
      fluid_synth_noteon(synth, event.channel, event.key, event.value);
      break;
  }
}

// `size` samples, left and right added up to one.
std::vector<float> PlayEvents(const std::vector<Event>& events,
                              std::size_t size, fluid_synth_t* synth) {
  // Blocks are rendered whole, so that the next score starts on a new one.
  const std::size_t whole =
      (size + kBlockSamples - 1) / kBlockSamples * kBlockSamples;
  std::vector<float> left(whole);
  std::vector<float> right(whole);
  std::size_t done = 0;
  const auto render_until = [&](std::size_t end) {
    if (end <= done) return;
    fluid_synth_write_float(synth, static_cast<int>(end - done), left.data(),
                            static_cast<int>(done), 1, right.data(),
                            static_cast<int>(done), 1);
    done = end;
  };
  for (const Event& event : events) {
    const auto at =
        static_cast<std::size_t>(std::max<std::int64_t>(event.block, 0)) *
        kBlockSamples;
    if (at >= whole) break;
    render_until(at);
    Act(event, synth);
  }
  render_until(whole);
  left.resize(size);
  for (std::size_t i = 0; i < size; ++i) left[i] = (left[i] + right[i]) / 2;
  return left;
}

struct DeleteSettings {
  void operator()(fluid_settings_t* settings) const {
    delete_fluid_settings(settings);
  }
};
struct DeleteSynth {
  void operator()(fluid_synth_t* synth) const { delete_fluid_synth(synth); }
};

}  // namespace

// The settings of all synthesizers and the font that they share.
struct Synthesizer::FluidObjects {
  std::unique_ptr<fluid_settings_t, DeleteSettings> settings;
  std::unique_ptr<fluid_synth_t, DeleteSynth> font_owner;
  fluid_sfont_t* font = nullptr;
};

namespace {

// A synthesizer for one score, with a font that another one owns. A used one
// cannot be brought back to its first state: what is left of earlier notes
// (voices in another order, say) changes the rounding of sums.
class FreshSynthesizer {
 public:
  FreshSynthesizer(fluid_settings_t* settings, fluid_sfont_t* font)
      : synth_(new_fluid_synth(settings)), font_(font) {
    if (synth_ == nullptr) return;
    font_id_ = fluid_synth_add_sfont(synth_.get(), font_);
    fluid_synth_set_interp_method(synth_.get(), -1, FLUID_INTERP_LINEAR);
    primed_voices_ = PrimeVoices(synth_.get(), font_id_);
  }
  ~FreshSynthesizer() {
    if (synth_ == nullptr) return;
    Silence(synth_.get());  // No voice may hold on to the font.
    fluid_synth_remove_sfont(synth_.get(), font_);
  }
  FreshSynthesizer(const FreshSynthesizer&) = delete;
  FreshSynthesizer& operator=(const FreshSynthesizer&) = delete;

  // kInternal if FluidSynth made none, kFailedPrecondition if the font does not
  // sound in every voice.
  absl::Status status() const {
    if (synth_ == nullptr) {
      return absl::InternalError("libfluidsynth cannot make a synthesizer");
    }
    if (primed_voices_ != kVoices) {
      return absl::FailedPreconditionError(absl::StrCat(
          "program ", kPrimingProgram,
          " does not sound in every voice, so that recordings could not be "
          "repeated; use TimGM6mb.sf2"));
    }
    return absl::OkStatus();
  }
  fluid_synth_t* synth() { return synth_.get(); }
  int font_id() const { return font_id_; }

 private:
  const std::unique_ptr<fluid_synth_t, DeleteSynth> synth_;
  fluid_sfont_t* const font_;
  int font_id_ = FLUID_FAILED;
  int primed_voices_ = 0;
};

}  // namespace

Synthesizer::Synthesizer(std::unique_ptr<FluidObjects> fluid,
                         const TablaSamples& tabla)
    : fluid_(std::move(fluid)), tabla_(tabla) {}

Synthesizer::~Synthesizer() = default;

absl::StatusOr<std::unique_ptr<Synthesizer>> Synthesizer::Create(
    const std::string& sound_font, const TablaSamples& tabla) {
  SilenceFluidSynth();
  auto fluid = std::make_unique<FluidObjects>();
  fluid->settings.reset(new_fluid_settings());
  fluid_settings_t* settings = fluid->settings.get();
  fluid_settings_setnum(settings, "synth.sample-rate", kRenderRateHz);
  fluid_settings_setnum(settings, "synth.gain", 0.3);
  fluid_settings_setint(settings, "synth.polyphony", kVoices);
  fluid_settings_setint(settings, "synth.midi-channels", kChannels);
  fluid_settings_setint(settings, "synth.reverb.active", 0);
  fluid_settings_setint(settings, "synth.chorus.active", 0);
  fluid_settings_setint(settings, "synth.threadsafe-api", 0);
  fluid_settings_setint(settings, "synth.lock-memory", 0);
  fluid->font_owner.reset(new_fluid_synth(settings));
  fluid_synth_t* const owner = fluid->font_owner.get();
  if (owner == nullptr) {
    return absl::InternalError("libfluidsynth cannot make a synthesizer");
  }
  if (!Files::Real().Exists(sound_font)) {
    return absl::NotFoundError(absl::StrCat(
        sound_font,
        ": there is no such sound font; the rendered corpora need that of "
        "Debian's package timgm6mb-soundfont (sudo apt-get install "
        "timgm6mb-soundfont)"));
  }
  const int font_id =
      fluid_synth_sfload(owner, sound_font.c_str(), /*reset_presets=*/0);
  if (font_id == FLUID_FAILED) {
    return absl::DataLossError(
        absl::StrCat(sound_font, ": libfluidsynth cannot load it"));
  }
  fluid->font = fluid_synth_get_sfont_by_id(owner, font_id);
  RETURN_IF_ERROR(
      Annotate(FreshSynthesizer(settings, fluid->font).status(), sound_font));
  return absl::WrapUnique(new Synthesizer(std::move(fluid), tabla));
}

absl::StatusOr<std::vector<float>> Synthesizer::Play(const Score& score) {
  FreshSynthesizer fresh(fluid_->settings.get(), fluid_->font);
  RETURN_IF_ERROR(fresh.status());
  ASSIGN_OR_RETURN(const std::vector<Event> events,
                   Prepare(score, fresh.font_id(), fresh.synth()));
  const auto size =
      static_cast<std::size_t>(std::llround(score.seconds * kRenderRateHz));
  std::vector<float> mix = PlayEvents(events, size, fresh.synth());
  for (const Part& part : score.parts) {
    const double gain = kTablaGain * std::pow(10, part.gain_db / 20);
    for (const Stroke& stroke : part.strokes) {
      tabla_.Add(stroke, gain, absl::MakeSpan(mix));
    }
  }
  return mix;
}

}  // namespace culturemert
