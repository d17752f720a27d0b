"""Files as students write them: correct ones in `files`, and the bugs planted into them."""
