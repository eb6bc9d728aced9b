namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>A reader of untrusted or damaged bytes.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Seeds">Sound inputs that mutations start from.</param>
/// <param name="Tokens">Pieces that mutations put in.</param>
/// <param name="Start">Makes what takes one input: it returns whether the input was sound, and throws nothing but on a fault.</param>
internal sealed record FuzzTarget(string Name, Func<IReadOnlyList<byte[]>> Seeds, IReadOnlyList<string> Tokens, Func<Func<byte[], bool>> Start);

/// <summary>A reader and its oracle disagree.</summary>
internal sealed class FuzzMismatchException(string message) : Exception(message);
