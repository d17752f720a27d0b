"""Files as students write them: correct ones in `files`, and the bugs that are planted into them."""
