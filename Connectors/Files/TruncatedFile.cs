namespace AkkaPrivacy.Connectors.Files;

/// <summary>A file that became shorter while it was read. What was cut off in the middle of a line was not used.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Byte offset up to which it was read.</param>
/// <param name="Length">Its length when it was opened.</param>
public sealed record TruncatedFile(string Path, long Offset, long Length);
