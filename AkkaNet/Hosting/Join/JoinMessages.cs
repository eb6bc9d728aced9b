namespace AkkaPrivacy.AkkaNet.Hosting.Join;

/// <summary>Asks a node whether one like this may join.</summary>
internal sealed record JoinRequest(string Version, string Hash, string Name);

/// <summary>The answer: null when it may, or why not.</summary>
internal sealed record JoinReply(string? Refusal);
