standards-problem = { $code }: { $en }
standards-error-version-taken = Version { $version } is already stored with other content. Give the file another version number and import it again.
