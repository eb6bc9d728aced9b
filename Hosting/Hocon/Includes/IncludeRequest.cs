namespace AkkaPrivacy.Hosting.Hocon.Includes;

/// <summary>One include statement.</summary>
/// <param name="Origin">Where the name stands.</param>
/// <param name="Name">The quoted name.</param>
/// <param name="Required">Whether a missing file is an error.</param>
/// <param name="IsFile">Whether the name was inside <c>file()</c>; otherwise a URL is recognised and refused.</param>
internal sealed record IncludeRequest(HoconOrigin Origin, string Name, bool Required, bool IsFile);
