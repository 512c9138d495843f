"""Bills in: discover → sniff → recognise → validate → load one file per transaction → publish."""
