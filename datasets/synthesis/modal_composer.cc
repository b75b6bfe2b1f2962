#include "datasets/synthesis/modal_composer.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "datasets/synthesis/performance.h"
#include "tools/base/random/random_stream.h"

namespace culturemert {
namespace {

constexpr double kPhraseSeconds = 2.2;  // At least, in the middle of the tempo.

template <typename T>
const T* FindNamed(const std::vector<T>& things, const std::string& name) {
  const auto found =
      std::find_if(things.begin(), things.end(),
                   [&](const T& thing) { return thing.name == name; });
  return found == things.end() ? nullptr : &*found;
}

std::vector<double> Weights(const std::vector<Choice>& choices) {
  std::vector<double> weights;
  for (const Choice& choice : choices) weights.push_back(choice.weight);
  return weights;
}

std::string Choose(const std::vector<Choice>& choices, Draws* draws) {
  if (choices.empty()) return "";
  return choices[draws->Weighted(Weights(choices))].name;
}

// Another one than those taken; "" if none is left.
std::string ChooseAnother(std::vector<Choice> choices,
                          const std::set<std::string>& taken, Draws* draws) {
  choices.erase(std::remove_if(choices.begin(), choices.end(),
                               [&](const Choice& choice) {
                                 return taken.count(choice.name) > 0;
                               }),
                choices.end());
  return Choose(choices, draws);
}

struct TuneFacts {
  const Form* form;
  const Rhythm* rhythm;  // nullptr: unmetred.
  const Mode* mode;
  Melody melody;
};

const Mode& ChooseMode(const Tradition& tradition, const Form& form,
                       const Repertoire& repertoire, const Tune& tune,
                       Draws* draws) {
  if (!form.modes.empty()) {
    return *FindNamed(tradition.modes, draws->Pick(form.modes));
  }
  const std::vector<int> once(tradition.modes.size(), 1);
  return tradition.modes[repertoire.Balanced(tune, "mode", once)];
}

TuneFacts ComposeTune(const Tradition& tradition, const Repertoire& repertoire,
                      const Tune& tune) {
  Draws draws(repertoire.TuneStream(tune));
  std::vector<int> weights;
  for (const Combination& each : tradition.combinations) {
    weights.push_back(each.weight);
  }
  const Combination& combination =
      tradition.combinations[repertoire.Balanced(tune, "form", weights)];
  TuneFacts facts;
  facts.form = FindNamed(tradition.forms, combination.form);
  facts.rhythm = FindNamed(tradition.rhythms, combination.rhythm);
  facts.mode = &ChooseMode(tradition, *facts.form, repertoire, tune, &draws);
  if (facts.rhythm == nullptr) {
    facts.melody = ComposeFreeMelody(*facts.mode, facts.form->melody, &draws);
  } else {
    const double pulses_per_minute = (facts.rhythm->pulses_per_minute_low +
                                      facts.rhythm->pulses_per_minute_high) /
                                     2;
    facts.melody =
        ComposeMelody(*facts.mode, *facts.rhythm, facts.form->melody,
                      kPhraseSeconds * pulses_per_minute / 60, &draws);
  }
  return facts;
}

Stage SetStage(const Tradition& tradition, const TuneFacts& tune,
               double seconds, Draws* draws) {
  Stage stage;
  stage.mode = tune.mode;
  stage.tonic_cents =
      tune.mode->tonic_cents + draws->Around0(tradition.tonic_spread_cents);
  stage.seconds = seconds;
  if (tune.rhythm == nullptr) {
    stage.seconds_per_pulse = draws->Between(0.85, 1.2);
  } else {
    stage.seconds_per_pulse =
        60 / (draws->Between(tune.rhythm->pulses_per_minute_low,
                             tune.rhythm->pulses_per_minute_high) *
              draws->Between(tune.form->tempo_low, tune.form->tempo_high));
  }
  // Recordings begin with a question or an answer, so that both are heard.
  stage.first_pulse = draws->Pick(tune.melody.phrase_starts);
  stage.velocity = draws->Integer(70, 92);
  return stage;
}

// The players of one recording. Who plays is drawn from one stream, what each
// of them does from one of its own, so that the line-up does not depend on how
// long they play.
struct Ensemble {
  const Tradition& tradition;
  const TuneFacts& tune;
  const Stage& stage;
  RandomStream performance;
  Draws* draws;
  Score* score;

  const Instrument& InstrumentNamed(const std::string& name) const {
    return *FindNamed(tradition.instruments, name);
  }
  Draws DrawsOfNextPart() const {
    return Draws(performance.Substream(StreamId("part"), score->parts.size()));
  }
};

void AddMelodyPart(const Ensemble& ensemble, const std::string& name,
                   double looseness, double gain_db) {
  Draws draws = ensemble.DrawsOfNextPart();
  Part part = PlayMelody(ensemble.stage, ensemble.tune.melody,
                         ensemble.InstrumentNamed(name),
                         ensemble.tradition.ornament, looseness, &draws);
  part.gain_db += gain_db;
  ensemble.score->parts.push_back(std::move(part));
}

void AddMelodyParts(const Ensemble& ensemble) {
  const Form& form = *ensemble.tune.form;
  Draws* draws = ensemble.draws;
  if (form.leads.empty()) return;
  std::set<std::string> taken = {Choose(form.leads, draws)};
  AddMelodyPart(ensemble, *taken.begin(), /*looseness=*/0, /*gain_db=*/0);
  const int followers = draws->Integer(form.followers_low, form.followers_high);
  for (int i = 0; i < followers; ++i) {
    const std::string name = ChooseAnother(form.followers, taken, draws);
    if (name.empty()) break;
    taken.insert(name);
    const double looseness = draws->Between(0.4, 1);
    AddMelodyPart(ensemble, name, looseness, draws->Between(-7, 0));
  }
}

void AddDrumParts(const Ensemble& ensemble) {
  const Form& form = *ensemble.tune.form;
  std::set<std::string> taken;
  const int drums = ensemble.draws->Chance(form.second_drum) ? 2 : 1;
  for (int i = 0; i < drums; ++i) {
    const std::string name = ChooseAnother(form.drums, taken, ensemble.draws);
    if (name.empty()) break;
    taken.insert(name);
    Draws draws = ensemble.DrawsOfNextPart();
    Part part =
        PlayDrum(ensemble.stage, *ensemble.tune.rhythm,
                 *FindNamed(ensemble.tradition.drum_kinds, name), &draws);
    part.gain_db += ensemble.draws->Between(-9, 0);
    ensemble.score->parts.push_back(std::move(part));
  }
}

void AddAccompaniment(const Ensemble& ensemble) {
  const Form& form = *ensemble.tune.form;
  const Rhythm& rhythm = *ensemble.tune.rhythm;
  const std::string chords = Choose(form.chords, ensemble.draws);
  if (!chords.empty()) {
    Draws draws = ensemble.DrawsOfNextPart();
    ensemble.score->parts.push_back(PlayChords(
        ensemble.stage, rhythm, ensemble.InstrumentNamed(chords), &draws));
  }
  const std::string bass = Choose(form.basses, ensemble.draws);
  if (!bass.empty()) {
    Draws draws = ensemble.DrawsOfNextPart();
    ensemble.score->parts.push_back(PlayBass(
        ensemble.stage, rhythm, ensemble.InstrumentNamed(bass), &draws));
  }
}

void AddDrone(const Ensemble& ensemble) {
  const std::string drone = Choose(ensemble.tune.form->drones, ensemble.draws);
  if (drone.empty()) return;
  Draws draws = ensemble.DrawsOfNextPart();
  ensemble.score->parts.push_back(
      PlayDrone(ensemble.stage, ensemble.InstrumentNamed(drone), &draws));
}

std::vector<std::string> TagsOf(const Tradition& tradition,
                                const TuneFacts& tune, const Score& score) {
  std::set<std::string> tags(tune.form->tags.begin(), tune.form->tags.end());
  // A drum solo shows its mode in nothing but the drone.
  if (!tradition.mode_group.empty() && !tune.form->leads.empty()) {
    tags.insert(absl::StrCat(tradition.mode_group, ":", tune.mode->name));
  }
  if (tune.rhythm != nullptr) {
    tags.insert(absl::StrCat(tradition.rhythm_group, ":", tune.rhythm->name));
  }
  for (const Part& part : score.parts) {
    const bool plays = !part.notes.empty() || !part.strokes.empty();
    if (plays && !part.instrument.empty()) {
      tags.insert(absl::StrCat("instrument:", part.instrument));
    }
  }
  return {tags.begin(), tags.end()};
}

}  // namespace

Piece ComposeModal(const Tradition& tradition, const Repertoire& repertoire,
                   std::uint64_t recording, double seconds) {
  const TuneFacts tune =
      ComposeTune(tradition, repertoire, repertoire.TuneOf(recording));
  const RandomStream performance = repertoire.PerformanceStream(recording);
  Draws draws(performance);
  const Stage stage = SetStage(tradition, tune, seconds, &draws);
  Piece piece;
  Score& score = piece.score;
  score.seconds = seconds;
  score.tonic_cents = stage.tonic_cents;
  score.room = DrawRoom(&draws);
  const Ensemble ensemble = {tradition,   tune,   stage,
                             performance, &draws, &score};
  AddMelodyParts(ensemble);
  if (tune.rhythm != nullptr) {
    score.pulses_per_minute = 60 / stage.seconds_per_pulse;
    AddDrumParts(ensemble);
    AddAccompaniment(ensemble);
  }
  AddDrone(ensemble);
  piece.tags = TagsOf(tradition, tune, score);
  return piece;
}

std::vector<std::string> ModalVocabulary(const Tradition& tradition) {
  std::set<std::string> tags;
  const auto add_instruments = [&](const std::vector<Choice>& choices) {
    for (const Choice& choice : choices) {
      const Instrument* instrument =
          FindNamed(tradition.instruments, choice.name);
      const bool is_drum =
          FindNamed(tradition.drum_kinds, choice.name) != nullptr;
      if (is_drum || (instrument != nullptr && instrument->tagged)) {
        tags.insert(absl::StrCat("instrument:", choice.name));
      }
    }
  };
  for (const Form& form : tradition.forms) {
    tags.insert(form.tags.begin(), form.tags.end());
    for (const auto* choices : {&form.leads, &form.followers, &form.chords,
                                &form.basses, &form.drones, &form.drums}) {
      add_instruments(*choices);
    }
  }
  if (!tradition.mode_group.empty()) {
    for (const Mode& mode : tradition.modes) {
      tags.insert(absl::StrCat(tradition.mode_group, ":", mode.name));
    }
  }
  for (const Rhythm& rhythm : tradition.rhythms) {
    tags.insert(absl::StrCat(tradition.rhythm_group, ":", rhythm.name));
  }
  return {tags.begin(), tags.end()};
}

}  // namespace culturemert
